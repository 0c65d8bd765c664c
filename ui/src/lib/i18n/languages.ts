// The languages of the dashboard, and which one a request gets.

export const languages = {
  en: { name: 'English', dir: 'ltr' },
  es: { name: 'Español', dir: 'ltr' },
  'pt-BR': { name: 'Português (Brasil)', dir: 'ltr' },
  id: { name: 'Bahasa Indonesia', dir: 'ltr' },
  ar: { name: 'العربية', dir: 'rtl' },
} as const
export type Language = keyof typeof languages
export const languageCodes = Object.keys(languages) as Language[]

export const isLanguage = (code: string | undefined): code is Language => code !== undefined && code in languages

/** The first wish of `Accept-Language` (RFC 9110) that there is a catalogue for; English when there is none. */
export function preferredLanguage(acceptLanguage: string | null): Language {
  const wishes = (acceptLanguage ?? '')
    .slice(0, 500)
    .split(',')
    .map((entry) => {
      const [tag = '', quality] = entry.trim().split(/\s*;\s*q=/)
      return { tag: tag.toLowerCase(), quality: quality === undefined ? 1 : Number(quality) || 0 }
    })
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality)
  for (const { tag } of wishes) {
    const exact = languageCodes.find((code) => code.toLowerCase() === tag)
    const [primary] = tag.split('-')
    const found = exact ?? languageCodes.find((code) => code.toLowerCase().split('-')[0] === primary)
    if (found) return found
  }
  return 'en'
}
