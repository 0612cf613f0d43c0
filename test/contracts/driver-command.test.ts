import { describe } from 'vitest';
import { driverContract } from './driver-suite.ts';
import { haproxyBin, openHaproxy, openToy } from './command-environments.ts';

driverContract({
  kind: 'command (toy)',
  open: () => Promise.resolve(openToy()),
  hasReleases: true,
  takesRequests: false,
  countsRequests: false,
  bridges: false,
});

describe.skipIf(haproxyBin() === undefined)('on a real haproxy', () => {
  driverContract({
    kind: 'command (haproxy)',
    open: openHaproxy,
    hasReleases: true,
    takesRequests: true,
    countsRequests: true,
    bridges: true,
  });
});
