/** Keeps a phone number in its order within a sentence from right to left: without, its + ends up behind it. */
export const ltr = (text: string): string => `\u2066${text}\u2069`
