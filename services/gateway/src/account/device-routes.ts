import { devices } from '@wagate/api/account.ts'
import { DomainError } from '../http/problem.ts'
import type { MountForPeople } from '../http/route.ts'
import type { Accounts } from './accounts.ts'
import { presentDevice } from './present.ts'
import { accountTag as tag } from './tag.ts'

export type DeviceDeps = { accounts: Pick<Accounts, 'devices' | 'signOutDevice'> }

export function deviceRoutes(mount: MountForPeople, { accounts }: DeviceDeps): void {
  mount(
    {
      method: 'get',
      path: '/v1/auth/sign-ins',
      tag,
      summary: 'List where you are signed in',
      answers: { 200: { description: 'All of them.', schema: devices } },
    },
    async ({ token, present, json }) =>
      json(200, { data: (await accounts.devices(token, present.signInId)).map(presentDevice) }),
  )

  mount(
    {
      method: 'delete',
      path: '/v1/auth/sign-ins/{sign_in_id}',
      audit: 'person.session_revoked',
      tag,
      summary: 'Sign out elsewhere',
      description: 'Tokens for accounts that it got before work for five minutes at most.',
      answers: { 204: { description: 'It is over.' } },
      problems: ['sign-in-not-found'],
    },
    async ({ token, params, present, note, answer }) => {
      note({ targets: [present.person.id, params.sign_in_id] })
      if (await accounts.signOutDevice(token, params.sign_in_id)) return answer(204, null, {})
      throw new DomainError(
        'sign-in-not-found',
        'You are not signed in anywhere under this id: see GET /v1/auth/sign-ins.',
      )
    },
  )
}
