// People and members in memory, for tests of the routes. Passwords are compared as they are, and mails are kept.
import type { MemberRecord, Role } from '@wagate/messages/control.ts'
import { memberKey } from '@wagate/messages/control.ts'
import type { IdKind } from '@wagate/messages/ids.ts'
import type { Person } from '../account/accounts.ts'
import type { AppDeps } from '../app.ts'
import type { Mail } from '../mail/mail.ts'
import type { InvitationRow } from '../member/invitations.ts'

type Known = Person & { password: string; verified: boolean }

/** What every authenticator app shows here. */
export const rightCode = '123456'

export function fakePeople(
  now: () => Date,
  newId: (kind: IdKind) => string,
  isOperators: (tenantId: string) => boolean = () => false,
) {
  const persons = new Map<string, Known>()
  const signIns = new Map<string, { personId: string; signInId: string }>()
  const members = new Map<string, MemberRecord>()
  const invitations = new Map<string, InvitationRow>()
  const mails: Mail[] = []

  function addPerson(given: Partial<Known> = {}): Known {
    const id = newId('person')
    const email = `${id.toLowerCase()}@example.com`
    const rest = { name: 'Ada', company: undefined, twoFactor: false, password: '', verified: true, createdAt: now() }
    const person = { id, email, ...rest, ...given }
    persons.set(id, person)
    return person
  }

  /** A token of a new sign-in. */
  function signIn(personId: string): string {
    const signInId = newId('signIn')
    const token = `wgs_${signInId}`
    signIns.set(token, { personId, signInId })
    return token
  }

  const entered = (person: Known) => {
    const token = signIn(person.id)
    return { kind: 'signed_in' as const, token, signInId: signIns.get(token)?.signInId ?? '', person }
  }

  function addMember(tenantId: string, role: Role, personId = addPerson().id): string {
    const record = { v: 1 as const, tenantId, personId, role, since: now().toISOString() }
    members.set(memberKey(tenantId, personId), record)
    return personId
  }

  function addInvitation(tenantId: string, email: string, role: Role = 'viewer'): InvitationRow {
    const at = now()
    const invitationId = newId('invitation')
    const row = { tenantId, invitationId, email, role, invitedBy: 'k', createdAt: at, expiresAt: new Date(+at + 1e9) }
    invitations.set(invitationId, row)
    return row
  }

  const byToken = (token: string): Known | undefined => persons.get(signIns.get(token)?.personId ?? '')

  /** What a person does who knows the password: then the token that comes instead. */
  async function proven<Made>(token: string, password: string, make: (person: Known) => Made) {
    const person = byToken(token)
    return person && person.password === password ? make(person) : undefined
  }

  const accounts: AppDeps['accounts'] = {
    present: async (token) => {
      const found = signIns.get(token)
      const person = byToken(token)
      return found && person && { person, signInId: found.signInId, expiresAt: new Date(+now() + 1e9) }
    },
    signUp: async ({ email, name, company, password }) => {
      addPerson({ email, name, company, password, verified: false })
    },
    /** The token is the address. */
    signUpOf: async (token) => {
      const person = [...persons.values()].find((one) => one.email === token && !one.verified)
      return person && { personId: person.id, email: person.email }
    },
    verifyEmail: async (signUp, password) => {
      const person = persons.get(signUp?.personId ?? '')
      if (!person || person.verified || person.password !== password) return { kind: 'refused', reason: 'over' }
      person.verified = true
      return entered(person)
    },
    mailVerification: async () => {},
    signIn: async ({ email, password }) => {
      const person = [...persons.values()].find((one) => one.email === email && one.password === password)
      if (!person) return { kind: 'refused', reason: 'wrong' }
      if (!person.verified) return { kind: 'refused', reason: 'unverified' }
      if (person.twoFactor) return { kind: 'second_factor', challenge: person.id, expiresAt: new Date(+now() + 1e6) }
      return entered(person)
    },
    passSecondFactor: async (challenge, given) => {
      const person = persons.get(challenge)
      if (!person || !('code' in given) || given.code !== rightCode) return { kind: 'refused', reason: 'wrong' }
      return entered(person)
    },
    signOut: async (token) => {
      signIns.delete(token)
    },
    devices: async (token, current) => {
      const own = signIns.get(token)
      const at = { createdAt: now(), usedAt: now() }
      return [...signIns.values()]
        .filter((one) => one.personId === own?.personId)
        .map(({ signInId }) => ({
          id: signInId,
          current: signInId === current,
          address: '',
          userAgent: '',
          ...at,
        }))
    },
    signOutDevice: async (token, signInId) => {
      const found = [...signIns].find(
        ([, one]) => one.signInId === signInId && one.personId === signIns.get(token)?.personId,
      )
      return found !== undefined && signIns.delete(found[0])
    },
    requestReset: async () => {},
    /** The token is the id of the person. */
    resetPassword: async (token, password) => {
      const person = persons.get(token)
      if (person) person.password = password
      return person?.id
    },
    checkSecondFactor: async (_token, given) => 'code' in given && given.code === rightCode,
    checkPassword: async (token, password) => byToken(token)?.password === password,
    changePassword: (token, current, next) =>
      proven(token, current, (person) => {
        person.password = next
        return token
      }),
    setUpTwoFactor: (token, password) =>
      proven(token, password, () => ({ uri: 'otpauth://totp/x', backupCodes: ['one'] })),
    confirmTwoFactor: async (token, code) => {
      const person = byToken(token)
      if (!person || code !== rightCode) return { kind: 'wrong_code' }
      person.twoFactor = true
      return { kind: 'on', token }
    },
    removeTwoFactor: (token, password) =>
      proven(token, password, (person) => {
        person.twoFactor = false
        return token
      }),
    newBackupCodes: (token, password) => proven(token, password, () => ['two']),
    rename: async (token, name) => {
      const person = byToken(token)
      if (person) person.name = name
    },
  }

  const of = (tenantId: string) => [...members.values()].filter((member) => member.tenantId === tenantId)

  const memberControl: AppDeps['members'] = {
    add: async (tenantId, personId, role) => {
      if (!members.has(memberKey(tenantId, personId))) addMember(tenantId, role, personId)
      return 'done'
    },
    list: async (tenantId) =>
      of(tenantId).flatMap(({ personId, role, since }) => {
        const person = persons.get(personId)
        return person ? [{ personId, role, since: new Date(since), ...person }] : []
      }),
    tenantsOf: async (personId) =>
      [...members.values()]
        .filter((member) => member.personId === personId)
        .map(({ tenantId, role }) => ({
          ...{ tenantId, name: 'a tenant', status: 'active' as const, operators: isOperators(tenantId), role },
          ...{ suspendedAt: null, suspendedReason: null },
        })),
    changeRole: async (tenantId, personId, role) => {
      if (!members.has(memberKey(tenantId, personId))) return 'unknown'
      addMember(tenantId, role, personId)
      return 'done'
    },
    remove: async (tenantId, personId) => (members.delete(memberKey(tenantId, personId)) ? 'done' : 'unknown'),
    transfer: async (tenantId, from, to) => {
      addMember(tenantId, 'owner', to)
      addMember(tenantId, 'admin', from)
      return 'done'
    },
  }

  const invitationStore: AppDeps['invitations'] = {
    create: async ({ tenantId, email, role }) => addInvitation(tenantId, email, role),
    list: async (tenantId) => [...invitations.values()].filter((one) => one.tenantId === tenantId),
    of: async (email) =>
      [...invitations.values()].filter((one) => one.email === email).map((one) => ({ ...one, tenantName: 'a tenant' })),
    remove: async (tenantId, id) => invitations.get(id)?.tenantId === tenantId && invitations.delete(id),
  }

  /** Whose address it is. */
  const idOf = (email: string) => [...persons.values()].find((one) => one.email === email)?.id

  const personControl: AppDeps['persons'] = {
    solelyOwned: async (personId) =>
      [...members.values()]
        .filter((one) => one.personId === personId && one.role === 'owner')
        .filter(({ tenantId }) => of(tenantId).filter(({ role }) => role === 'owner').length === 1)
        .map(({ tenantId }) => ({ tenantId, name: 'a tenant' })),
    erase: async (personId) => {
      const known = persons.get(personId)
      if (!known) return { kind: 'unknown' }
      const own = [...members].filter(([, one]) => one.personId === personId)
      for (const [key] of own) members.delete(key)
      for (const [token, one] of signIns) if (one.personId === personId) signIns.delete(token)
      persons.delete(personId)
      const tenantIds = own.map(([, { tenantId }]) => tenantId)
      return { kind: 'done', email: known.email, name: known.name, tenantIds, ownerless: [] }
    },
  }
  const erased = new Set<string>()

  return {
    ...{ erased, persons, members, mails, addPerson, addMember, addInvitation, signIn, idOf },
    deps: {
      accounts,
      members: memberControl,
      invitations: invitationStore,
      persons: personControl,
      erasedPeople: {
        add: async (personId: string) => void erased.add(personId),
        remove: async (personId: string) => void erased.delete(personId),
      },
      forgetMails: async (address: string) => {
        mails.splice(0, mails.length, ...mails.filter(({ to }) => to !== address))
      },
      /** The token is the new address. */
      emailChanges: {
        ask: async (_personId, email) => email,
        confirm: async (personId, email) => {
          const person = persons.get(personId)
          if (!person || !email.includes('@')) return undefined
          person.email = email
          return email
        },
      } satisfies AppDeps['emailChanges'],
      attempts: { take: async () => {}, forgive: async () => undefined },
      queueMail: async (mail: Mail) => void mails.push(mail),
      findMember: (key: string) => members.get(key),
      refreshMember: async () => undefined,
    },
  }
}
