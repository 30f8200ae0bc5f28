// Loaded before a measured program: when that ends, it tells on file descriptor 3 what it has used.
const { writeSync } = require('node:fs');

process.once('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeSync(3, JSON.stringify({ peakKiB: maxRSS, cpuMicros: userCPUTime + systemCPUTime }));
});
