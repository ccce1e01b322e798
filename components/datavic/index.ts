export { type DatavicDiscoveryOptions, datavicDiscovery } from './discovery.ts';
export type { DatavicDiscoveryOutput, PatronageOutput } from './output.ts';
export {
  monthlyPatronagePackage,
  type PatronageOptions,
  type PatronageUpstreams,
  patronageMonthly,
  stationPatronageAnnual,
  stationPatronagePackage,
} from './patronage.ts';
