import { defineParams } from '@sveltejs/kit/params'

const id = '[0-9A-HJKMNP-TV-Z]{26}'
const named = (form: string) => {
  const whole = new RegExp(`^${form}$`)
  return (text: string) => (whole.test(text) ? text : undefined)
}

/** What an address names; whether it exists, and is theirs, the gateway knows. */
export const params = defineParams({
  tenant: named(`[a-z]{2,9}_${id}`),
  mode: (text) => (text === 'test' || text === 'live' ? text : undefined),
  chat: named(`cht_${id}`),
})
