export { type DatavicDiscoveryOptions, type DatavicDiscoveryOutput, datavicDiscovery } from './discovery.ts';
export {
  monthlyPatronagePackage,
  type PatronageOptions,
  type PatronageOutput,
  type PatronageUpstreams,
  patronageMonthly,
  stationPatronageAnnual,
  stationPatronagePackage,
} from './patronage.ts';
