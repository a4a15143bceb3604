/** `PTL-D-7F3K` → `d7f3k`: the only name of a device that reaches a ruleset. */
export function deviceKey(device: string): string {
  const key = device.toLowerCase().replace(/^ptl-d-/, '');
  return `d${key.replaceAll(/[^a-z0-9]/g, '')}`.slice(0, 31);
}
