/** The part of the API's documentation that is about people. */
export const accountTag = 'People'
