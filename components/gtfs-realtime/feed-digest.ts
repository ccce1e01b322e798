import type { LandedBody } from 'signalbox';
import { contentDigest } from '../http/content-digest.ts';
import { decodeFeed } from './decode.ts';

/** A feed is written anew every 30 s: its header's timestamp moves although no entity does. */
export async function feedDigest(body: LandedBody): Promise<string> {
  return contentDigest(body, (bytes) => {
    const { header, entity } = decodeFeed(bytes, 'feed');
    return [{ ...header, timestamp: undefined }, ...entity];
  });
}
