// What somebody signed in with, in words that he recognises. Pure.
import { oneLine } from './plain.ts'

/** The first that is found counts: browsers call themselves by each other's names too. */
const browsers: readonly [RegExp, string][] = [
  [/\bEdg(A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|Chromium|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]

const systems: readonly [RegExp, string][] = [
  [/\bAndroid\b/, 'Android'],
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]

const named = (table: readonly [RegExp, string][], text: string): string | undefined =>
  table.find(([pattern]) => pattern.test(text))?.[1]

/** `Firefox on Linux`; what is no browser we know by the beginning of what it calls itself. */
export function describeUserAgent(userAgent: string | undefined): string {
  const text = oneLine(userAgent ?? '', 400)
  if (text === '') return 'an unknown program'
  const browser = named(browsers, text)
  const system = named(systems, text)
  if (browser) return system ? `${browser} on ${system}` : browser
  return oneLine(text, 40)
}
