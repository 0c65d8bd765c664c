import { defineParams } from '@sveltejs/kit/params'

/** What an address names; whether it exists, and is theirs, the gateway knows. */
export const params = defineParams({
  tenant: (text) => (/^[a-z]{2,9}_[0-9A-HJKMNP-TV-Z]{26}$/.test(text) ? text : undefined),
  mode: (text) => (text === 'test' || text === 'live' ? text : undefined),
})
