/** The part of the API's documentation that is about an account and its members. */
export const membersTag = 'Members'
