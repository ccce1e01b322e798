import { type Guard, only, publicOnly } from '../../components/http/guard.ts';
import type { NetworkRule } from '../model/task.ts';

/** Who may be connected to under a rule. */
export function openGuard(network: NetworkRule): Guard {
  return network.kind === 'only' ? only(network) : publicOnly({ allowHosts: network.allowHosts });
}
