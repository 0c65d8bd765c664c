import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wantedWords, wordScope, wordsOf } from './words.ts'

/** As the index answers: each wanted word begins a stored one. */
const finds = (query: string, text: string): boolean => {
  const stored = wordsOf(text)
  const wanted = wantedWords(query)
  return wanted.length > 0 && wanted.every((one) => stored.some((known) => known.startsWith(one)))
}

test.each([
  ['a whole word', 'invoice', 'Your invoice is here'],
  ['the beginning of a word', 'invo', 'Your INVOICES are here'],
  ['words in another order', 'here your', 'Your invoice is here'],
  ['accents that were left out', 'cafe munchen', 'Café in München'],
  ['accents that were put in', 'cafê', 'cafe'],
  ['Turkish capitals', 'istanbul', 'İSTANBUL'],
  ['Greek', 'καλημερα', 'Καλημέρα σας'],
  ['Cyrillic', 'счет', 'Ваш счёт готов'],
  ['Arabic without its vowels', 'محمد', 'مُحَمَّد هنا'],
  ['Hindi', 'नमस्ते', 'नमस्ते दोस्त'],
  ['Korean, the beginning of a word', '안녕', '안녕하세요'],
  ['Chinese in the middle of a sentence', '发货', '您的订单已经发货了'],
  ['one Chinese character', '单', '订单'],
  ['Japanese', 'ありがとう', '本当にありがとうございます'],
  ['Thai', 'ขอบคุณ', 'ขอบคุณมากครับ'],
  ['wide digits', '123', 'Nr. １２３４'],
  ['a number with signs in it', 'INV-2026', 'see inv/2026/001'],
  ['what is between emoji', 'party', '🎉party🎉'],
])('%s', (_, query, text) => {
  expect(finds(query, text)).toBe(true)
})

test.each([
  ['the middle of a word', 'voice', 'invoice'],
  ['a word that is not there', 'invoice paid', 'Your invoice is here'],
  ['no word at all', '!? 🎉', 'party 🎉'],
  ['Chinese that is not together', '订货', '订单已经发货了'],
])('not by %s', (_, query, text) => {
  expect(finds(query, text)).toBe(false)
})

test('whatever a message says, each of its words finds it, and words are few, short and without signs', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      const words = wordsOf(text)
      expect(words.length).toBeLessThanOrEqual(500)
      for (const word of words) {
        expect(word).toMatch(/^[\p{L}\p{M}\p{N}ー]{1,64}$/u)
        expect(finds(word, text)).toBe(true)
      }
    }),
  )
  expect(wordsOf('word '.repeat(10_000))).toEqual(['word'])
  expect(wordsOf(Array.from({ length: 2_000 }, (_, n) => `w${n}`).join(' '))).toHaveLength(500)
})

test('each mode of a tenant has entries of its own', () => {
  expect(wordScope('ten_a', 'test')).not.toBe(wordScope('ten_a', 'live'))
  expect(wordScope('ten_a', 'live')).toMatch(/^[0-9a-z]{1,7}$/)
})
