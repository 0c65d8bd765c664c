// Text → the words that a search finds it by, the same for whoever stores and whoever asks. In any language: without accents and case,
// and where words are written without spaces by pairs of characters.
import { hashOf } from './subjects.ts'

const scripts =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}'
/** Letters and digits of scripts without spaces; ー lengthens a Japanese vowel. */
const spaceless = `[[${scripts}ー]&&[\\p{L}\\p{N}]]`
const word = new RegExp(`(${spaceless}[${spaceless}\\p{M}]*)|((?!${spaceless})[\\p{L}\\p{M}\\p{N}])+`, 'gv')
/** Of Latin, Greek and Cyrillic, Hebrew, Arabic. Signs of other scripts are letters to those who read them. */
const accents = /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]/g

const longest = 32
/** Of one message; a longer one is found by its beginning. */
const mostWords = 500

const fold = (text: string): string =>
  text.normalize('NFKC').toLowerCase().normalize('NFKD').replaceAll(accents, '').normalize('NFC')

function read(text: string, pairsOf: (characters: string[]) => string[]): string[] {
  const words = new Set<string>()
  for (const [whole, run] of fold(text).matchAll(word)) {
    const found = run === undefined ? [[...whole].slice(0, longest).join('')] : pairsOf([...run])
    for (const one of found) words.add(one)
    if (words.size >= mostWords) break
  }
  return [...words].slice(0, mostWords)
}

const pairs = (characters: string[]): string[] => characters.slice(1).map((second, n) => `${characters[n]}${second}`)

/** What a message is stored under; the last of a run alone too, so that one character finds it. */
export const wordsOf = (text: string): string[] =>
  read(text, (characters) => [...pairs(characters), ...characters.slice(-1)])

/** What must all be in a message, or begin a word of it. */
export const wantedWords = (text: string): string[] =>
  read(text, (characters) => (characters.length === 1 ? characters : pairs(characters)))

/** Before each word in an index that all tenants share, so that only the tenant's entries are read. It is no guard: two may be alike. */
export const wordScope = (tenantId: string, mode: 'test' | 'live'): string => hashOf(`${tenantId}.${mode}`).toString(36)
