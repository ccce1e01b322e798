import type { JsonObject } from 'signalbox';
import type { Feed } from './decode.ts';
import { entitiesOf } from './entities.ts';

const textFields = [
  'header_text',
  'description_text',
  'url',
  'tts_header_text',
  'tts_description_text',
  'cause_detail',
  'effect_detail',
  'image_alternative_text',
] as const;

interface Translation {
  readonly text: string;
  readonly language?: string;
}

/** One record an alert, with `shown`: of each text the English one, else the one without a language, else the first. */
export function alertRecords(feed: Feed): readonly JsonObject[] {
  return entitiesOf(feed, 'alert').map((entity): JsonObject => {
    const shown = textFields.map((field) => [field, preferred(translationsOf(entity.alert, field))?.text ?? null]);
    return { ...entity, shown: Object.fromEntries(shown) as JsonObject };
  });
}

/** One record a text and language, the address of an image among them as `image`. */
export function alertTexts(feed: Feed): readonly JsonObject[] {
  return entitiesOf(feed, 'alert').flatMap((entity) => [
    ...textFields.flatMap((field) =>
      translationsOf(entity.alert, field).map((translation): JsonObject => ({ ...entity, field, ...translation })),
    ),
    ...imagesOf(entity.alert).map((image): JsonObject => ({ ...entity, field: 'image', ...image })),
  ]);
}

function translationsOf(alert: JsonObject | undefined, field: string): readonly Translation[] {
  const translated = alert?.[field] as { readonly translation?: readonly Translation[] } | undefined;
  return (translated?.translation ?? []).map(({ text, language }) => ({ text, ...(language ? { language } : {}) }));
}

function imagesOf(alert: JsonObject | undefined): readonly Translation[] {
  const image = alert?.image as
    | { readonly localized_image?: readonly { readonly url: string; readonly language?: string }[] }
    | undefined;
  return (image?.localized_image ?? []).map(({ url, language }) => ({ text: url, ...(language ? { language } : {}) }));
}

function preferred(translations: readonly Translation[]): Translation | undefined {
  return (
    translations.find(({ language }) => /^en\b/i.test(language ?? '')) ??
    translations.find(({ language }) => language === undefined) ??
    translations[0]
  );
}
