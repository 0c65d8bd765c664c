import { type RequestEvent, redirect } from '@sveltejs/kit'
import { signedIn } from '#lib/server/account.ts'
import { act, silently } from '#lib/server/act.ts'
import { forgetSession, keepSession } from '#lib/server/cookies.ts'
import { textsOf } from '#lib/server/form.ts'
import { people } from '#lib/server/gateway.ts'
import type { Actions, PageServerLoad } from './$types'
import { deviceName } from './device-name.ts'
import { qrPicture } from './qr-picture.ts'

export const load: PageServerLoad = async (event) => {
  const { data } = await signedIn(event, people(event).listSignIns())
  return { devices: data.map((device) => ({ ...device, name: deviceName(device.user_agent) })) }
}

/** After what makes the sign-in of this device anew and ends the others. */
async function goOn(event: RequestEvent, answer: Promise<{ session_token: string }>): Promise<Record<never, never>> {
  keepSession(event.cookies, event.url, (await answer).session_token)
  return {}
}

const bothFactors = ['password', 'code', 'backup_code'] as const
const proofOf = ({ password, code, backup_code }: Record<(typeof bothFactors)[number], string>) => ({
  password,
  ...(code.trim() !== '' && { code: code.trim() }),
  ...(backup_code.trim() !== '' && { backup_code: backup_code.trim() }),
})

export const actions: Actions = {
  name: async (event) => {
    const { name } = await textsOf(event.request, ['name'])
    return act('name', () => silently(people(event).updateMe({ name })), { name })
  },
  email: async (event) => {
    const { new_email, password } = await textsOf(event.request, ['new_email', 'password'])
    return act('email', () => silently(people(event).changeEmail({ new_email, password })), { new_email })
  },
  password: async (event) => {
    const body = await textsOf(event.request, ['current_password', 'password'])
    return act('password', () => goOn(event, people(event).changePassword(body)))
  },
  set_up: async (event) => {
    const { password } = await textsOf(event.request, ['password'])
    return act('set_up', async () => {
      const { uri, backup_codes } = await people(event).setUpTwoFactor({ password })
      return { setUp: { uri, codes: backup_codes, picture: await qrPicture(uri) } }
    })
  },
  // Nothing is kept between the two steps: the form of the second holds what the first showed.
  confirm: async (event) => {
    const { code, uri, codes } = await textsOf(event.request, ['code', 'uri', 'codes'])
    const answer = await act('confirm', () => goOn(event, people(event).confirmTwoFactor({ code })))
    if (!('data' in answer)) return answer
    answer.data.values = { uri, codes, picture: await qrPicture(uri) }
    return answer
  },
  switch_off: async (event) => {
    const proof = proofOf(await textsOf(event.request, bothFactors))
    return act('switch_off', () => goOn(event, people(event).removeTwoFactor(proof)))
  },
  codes: async (event) => {
    const proof = proofOf(await textsOf(event.request, bothFactors))
    return act('codes', async () => ({ codes: (await people(event).createBackupCodes(proof)).backup_codes }))
  },
  end: async (event) => {
    const { id } = await textsOf(event.request, ['id'])
    return act('end', () => silently(people(event).endSignIn(id)))
  },
  delete: async (event) => {
    const proof = proofOf(await textsOf(event.request, bothFactors))
    const answer = await act('delete', () => silently(people(event).deleteMe(proof)))
    if ('data' in answer) return answer
    forgetSession(event.cookies, event.url)
    redirect(303, '/sign-in')
  },
}
