// A sign-in as its owner knows it: “Firefox, Windows”. Good enough to recognise a device by; nothing depends on it.
const browsers: readonly [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]
const systems: readonly [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]

/** What the program called itself where it is none of these. */
export function deviceName(userAgent: string): string {
  const known = [browsers, systems].flatMap((table) => {
    const found = table.find(([pattern]) => pattern.test(userAgent))
    return found ? [found[1]] : []
  })
  return known.length > 0 ? known.join(', ') : userAgent.slice(0, 60)
}
