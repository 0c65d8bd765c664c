/** Keeps a phone number in its order within a sentence from right to left: without, its + ends up behind it. */
export const ltr = (text: string): string => `\u2066${text}\u2069`

/** Sets a date apart from the sentence that it stands in: within Arabic its parts would change places. */
export const apart = (text: string): string => `\u2068${text}\u2069`
