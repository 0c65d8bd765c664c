// The typed client against the app: one method per route, and answers that are what the schemas promise.
import { Readable } from 'node:stream'

import { ApiError } from '@wagate/api/call.ts'
import { createClient } from '@wagate/api/client.ts'
import { createPeopleClient } from '@wagate/api/people-client.ts'

import { expect, test } from 'vitest'
import { z } from 'zod'
import { rightCode } from './fakes/people.ts'
import { createWorld } from './fakes/world.ts'

type Seen = { method: string; path: string; status: number; type: string; body: string }

async function clientOf() {
  const archive = async () => ({ sizeBytes: 3, body: Readable.from([Buffer.from('zip')]) })
  const world = await createWorld({ objects: { get: archive } })
  const seen: Seen[] = []
  const recording: typeof fetch = async (input, init) => {
    const url = new URL(String(input))
    const response = await world.app.request(url.pathname + url.search, init)
    const type = response.headers.get('content-type')?.split(';')[0] ?? ''
    const body = type.startsWith('application/json') ? await response.clone().text() : ''
    seen.push({ method: init?.method ?? 'GET', path: url.pathname, status: response.status, type, body })
    return response
  }
  const as = (apiKey: string) => createClient({ baseUrl: 'http://gateway', apiKey, fetch: recording })
  const people = (sessionToken?: string) =>
    createPeopleClient({ baseUrl: 'http://gateway', fetch: recording, ...(sessionToken && { sessionToken }) })
  const { key, liveKey } = world.ours
  const tenants = {
    client: as(key),
    live: as(liveKey),
    owner: as(world.ours.ownerToken),
    operator: as(world.operatorKey),
  }
  return { world, seen, as, people, ...tenants }
}

test('every route has a method, and every answer is what its schema says', async () => {
  const { world, seen, client, live, owner, operator, as, people } = await clientOf()
  const { session_id, message_id, chat_id, webhook_id, delivery_id, request_id, phone_id, worker_id } =
    world.ours.params
  const made = await client.createSession({ name: 'n' })
  await world.setState(world.ours.tenantId, made.id, { status: 'awaiting_qr', account: undefined })
  const in20s = new Date(Date.now() + 20_000).toISOString()
  await world.showQr(world.ours.tenantId, made.id, '2@qr', new Date(in20s))
  await client.getQr(made.id)
  await client.getQrPng(made.id)
  await client.scanWithPhone(phone_id, { session_id: made.id })
  expect(await client.requestPairingCode(made.id, { phone: '+999100200300' })).toMatchObject({ code: null })
  const code = { commandId: 'cmd_1', phone: '+999100200300', code: 'ABCDEFGH', expiresAt: in20s }
  await world.showPairing(world.ours.tenantId, made.id, { code })
  expect(await client.getPairingCode(made.id)).toMatchObject({ code: 'ABCD-EFGH' })
  await client.typeOnPhone(phone_id, { to: '+999100200300', state: 'composing' })
  await client.enterCodeOnPhone(phone_id, { code: 'ABCD-EFGH' })
  await client.deleteSession(made.id)
  await client.listSessions({ limit: 1 })
  await client.getSession(session_id)
  await client.getSessionTimeline(session_id)
  await client.getSessionHealth(session_id)
  await client.restartSession(session_id)
  const sent = await client.sendMessage(session_id, { to: '+999100200300', type: 'text', text: { body: 'hi' } })
  expect(await client.getMessage(sent.id)).toMatchObject({ id: sent.id, status: 'accepted' })
  expect(await client.getSessionMessage(session_id, sent.id)).toMatchObject({ id: sent.id, status: 'accepted' })
  expect(await client.cancelMessage(session_id, sent.id)).toMatchObject({ id: sent.id, status: 'accepted' })
  await client.updateSession(session_id, { pacing: { per_second: 2 } })
  await client.logoutSession(session_id)
  await client.getMessage(message_id)
  await client.listMessages(session_id)
  await client.listChats({ session_id })
  await client.listChatMessages(chat_id)
  await client.getChat(chat_id)
  await client.getChatCounts()
  await client.updateChat(chat_id, { assignee_id: null })
  await client.markChatRead(chat_id)
  await client.showTyping(chat_id, { state: 'composing' })
  await client.watchChat(chat_id)
  await client.searchMessages({ q: 'hello', chat_id })
  const reply = await client.createQuickReply({ shortcut: 'thanks', text: 'Thank you!' })
  await client.listQuickReplies()
  await client.updateQuickReply(reply.id, { text: 'Thanks!' })
  await client.deleteQuickReply(reply.id)
  await client.createToken({ scopes: ['events:read'] })
  await client.getMessageAnalytics({ interval: 'day' })
  await client.getUsage({ from: '2026-11-01', to: '2026-11-30' })
  expect(await client.getUsageCsv()).toContain('date,mode,sessions,')
  await client.getServiceLevels({ from: '2026-11-01', to: '2026-11-30' })
  expect(await client.getServiceLevelsCsv()).toContain('date,mode,uptime_percent,')
  await operator.getTenantServiceLevels(world.ours.tenantId, { mode: 'test' })
  await operator.getAllServiceLevels({ limit: 10 })
  const key = await client.createApiKey({ scopes: ['messages:read'] })
  await client.listApiKeys()
  await client.getApiKey(key.id)
  await client.rotateApiKey(key.id)
  await client.revokeApiKey(key.id)
  await client.createWebhook({ url: 'https://example.com/hook' }, { idempotencyKey: 'k' })
  await client.listWebhooks()
  await client.getWebhook(webhook_id)
  await client.updateWebhook(webhook_id, { description: null })
  await client.rotateWebhookSecret(webhook_id)
  await client.listDeliveries(webhook_id, {
    status: 'pending',
    type: 'message.received',
    since: '2026-01-01T00:00:00Z',
  })
  await client.getDelivery(webhook_id, delivery_id)
  await client.resendDelivery(webhook_id, delivery_id, { idempotencyKey: 'r' })
  await client.testWebhook(webhook_id)
  await client.listRequests({ status: '2xx', route: '/v1/sessions' })
  await client.getRequest(request_id)
  await client.deleteWebhook(webhook_id)
  expect(await client.getPlan()).toMatchObject({ plan: 'basic', requested: null })
  await client.listPlans()
  await client.changePlan({ plan: 'max' })
  await client.changePlan({ plan: 'basic' })
  const phone = await client.createPhone({ name: 'n' })
  await client.listPhones()
  await client.getPhone(phone.id)
  await client.sendFromPhone(phone.id, { to: '+999100200300', text: 'hi' })
  await client.listPhoneMessages(phone.id)
  await client.readOnPhone(phone.id)
  await client.setPhoneOnline(phone.id, false)
  await client.setPhoneOnline(phone.id, true)
  await client.listUndecryptable(phone.id)
  await client.deletePhone(phone.id)
  const waiting = await client.listExports()
  for (const { id } of waiting.data) world.jobs.finish(id, {})
  const { id: exportId } = await client.createExport()
  world.jobs.finish(exportId, {
    expiresAt: new Date(in20s),
    result: { rows: { 'chats.jsonl': 1 }, bytes: 3, sha256: 'ab' },
  })
  await client.getExport(exportId)
  expect(await new Response(await client.getExportArchive(exportId)).text()).toBe('zip')
  const { id: erasureId } = await client.erasePerson({ person: '+999100200300' })
  await client.listErasures()
  await client.getErasure(erasureId)
  await client.getAccountDeletion()
  await owner.deleteAccount({ name: 'a tenant' })
  await owner.keepAccount()
  await client.getRetention()
  await live.updateRetention({ message_days: 90 })
  await operator.listWorkers()
  await operator.drainWorker(worker_id)
  await operator.undrainWorker(worker_id)
  await operator.listFailovers()
  await operator.getCapacity()
  await operator.moveSession(session_id, { pool: 'shared' })
  await operator.getStreams()
  await operator.getSystemHealth()
  const { data: letters } = await operator.listDeadLetters({ tenant_id: world.ours.tenantId, limit: 5 })
  const [letter, another] = letters.map(({ sequence }) => sequence)
  await operator.retryDeadLetter(letter ?? 0)
  await operator.deleteDeadLetter(another ?? 0)
  expect(await operator.listTenants({ q: 'ten_', limit: 1 })).toMatchObject({ data: [{ status: 'active' }] })
  const customer = await operator.createTenant({ name: 'New', plan: 'pro', owner_email: 'new@example.com' })
  const customerId = customer.tenant.id
  await operator.getTenantDetail(customerId)
  await operator.suspendTenant(customerId, { reason: 'why' })
  await operator.activateTenant(customerId)
  await operator.setPlan(customerId, { plan: 'enterprise', limits: { members: 7 }, monthly_price_cents: 49_900 })
  await client.changePlan({ plan: 'max' })
  await operator.listPlanRequests()
  await operator.refusePlan(world.ours.tenantId)
  await operator.getTenantUsage(customerId)
  expect(await operator.getTenantUsageCsv(customerId, { mode: 'test' })).toContain('date,mode,sessions,')
  await operator.deleteTenant(customerId)
  await operator.keepTenant(customerId)
  await operator.getBusiness({ from: '2026-01' })
  expect(await operator.getBusinessCsv()).toContain('month,complete,mrr_cents,')
  const { data: onRecord } = await client.listAuditLog({ action: 'api_key.rotated' })
  expect(onRecord).toMatchObject([{ targets: [key.id, expect.any(String)] }])
  const exported = await new Response(await client.exportAuditLog('csv')).text()
  expect(exported.split('\r\n').length).toBeGreaterThan(10)
  await (await client.exportAuditLog('ndjson', { action: 'token.issued' }))?.cancel()
  expect(await client.verifyAuditLog()).toMatchObject({ holds: true, complete: true })
  await operator.listOperatorAuditLog()
  expect(await operator.verifyOperatorAuditLog()).toMatchObject({ holds: true, through: 12 })
  const { tenantId } = world.ours
  const access = await operator.openSupportAccess(tenantId, { reason: 'You asked us to.' })
  await as((await operator.createSupportToken(tenantId, access.id, { mode: 'test' })).token).listSessions()
  expect((await operator.listAllSupportAccesses({ tenant_id: tenantId })).data).toContainEqual(access)
  await operator.closeSupportAccess(tenantId, access.id)
  await client.listSupportAccesses()
  await client.endSupportAccess(world.ours.params.access_id)
  const [email, password, next] = ['ada@example.com', 'vier tische neben dem ofen', 'drei stuehle vor der tuer']
  await people().signUp({ email, password, name: 'Ada' })
  await people().mailVerification({ email })
  const { session_token: first, person } = await people().verifyEmail({ token: email, password })
  const me = people(first)
  await me.updateMe({ name: 'Ada L' })
  await me.changePassword({ current_password: password, password: next })
  await me.setUpTwoFactor({ password: next })
  await me.confirmTwoFactor({ code: rightCode })
  await me.createBackupCodes({ password: next, code: rightCode })
  await me.changeEmail({ new_email: 'ada@example.org', password: next })
  await me.confirmEmail({ token: 'ada@example.org' })
  await me.confirmEmail({ token: email })
  const half = await people().signIn({ email, password: next })
  await people().passSecondFactor({ challenge: half.second_factor?.challenge ?? '', code: rightCode })
  await me.removeTwoFactor({ password: next, code: rightCode })
  const second = (await me.listSignIns()).data.find(({ current }) => !current)
  await me.endSignIn(second?.id ?? '')
  await people().requestPasswordReset({ email })
  await people().resetPassword({ token: person.id, password })
  const { tenant } = await me.createTenant({ name: 'Another' })
  const own = as((await me.getTenantToken({ tenant_id: tenant.id })).token)
  await own.listRoles()
  await own.getTenant()
  await own.updateTenant({ name: 'The other' })
  const guest = world.people.addPerson({ email: 'ben@example.com' })
  const invited = await own.invite({ email: guest.email, role: 'agent' })
  await people(world.people.signIn(guest.id)).acceptInvitation(invited.id)
  await own.updateMember(guest.id, { role: 'viewer' })
  await own.listMembers()
  await own.transferOwnership({ person_id: guest.id })
  await people(first).leaveTenant(tenant.id)
  const theirs = as((await people(world.people.signIn(guest.id)).getTenantToken({ tenant_id: tenant.id })).token)
  const { id: open } = await theirs.invite({ email: 'eve@example.com', role: 'viewer' })
  await theirs.listInvitations()
  await theirs.withdrawInvitation(open)
  const leaver = world.people.addMember(tenant.id, 'viewer')
  await theirs.removeMember(leaver)
  await me.me()
  await me.signOut()
  const gone = world.people.addPerson({ password })
  await people(world.people.signIn(gone.id)).deleteMe({ password })
  const opened = new AbortController()
  await client.events({ signal: opened.signal, onOpen: () => opened.abort() }).next()
  const followed = new AbortController()
  await operator.operatorEvents({ signal: followed.signal, onOpen: () => followed.abort() }).next()

  const unseen: string[] = []
  const paths = new Set(
    world.app.openAPIRegistry.definitions.flatMap((known) => (known.type === 'route' ? [known.route.path] : [])),
  )
  for (const definition of world.app.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue
    const { method, path, responses } = definition.route
    const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`)
    const isOther = (called: string) => called !== path && paths.has(called) // `/v1/chats/counts` is no chat
    const calls = seen.filter(
      (call) => call.method === method.toUpperCase() && pattern.test(call.path) && !isOther(call.path),
    )
    if (calls.length === 0) unseen.push(`${method} ${path}`)
    for (const call of calls) {
      const answer = responses[String(call.status)]
      const content = answer && 'content' in answer ? answer.content : undefined
      expect(call.status === 204 || Object.keys(content ?? {}), `${method} ${path}`).toSatisfy(
        (types: true | string[]) => types === true || types.includes(call.type),
      )
      const media = content?.['application/json']
      const schema = media && 'schema' in media ? media.schema : undefined
      if (call.body !== '' && schema instanceof z.ZodType)
        expect(schema.safeParse(JSON.parse(call.body)).error, path).toBeUndefined()
    }
  }
  expect(unseen).toEqual([])
})

test('a problem is thrown with its code; an answer that is not from the API is told as such', async () => {
  const { client } = await clientOf()
  const error = await client.getSession('none').catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({ problem: { code: 'session-not-found', status: 404 } })
  const proxied = createClient({
    baseUrl: 'http://gateway',
    apiKey: 'k',
    fetch: async () => new Response('<h1>Bad gateway</h1>', { status: 502 }),
  })
  await expect(proxied.listSessions()).rejects.toMatchObject({ problem: { status: 502, type: 'about:blank' } })
})
