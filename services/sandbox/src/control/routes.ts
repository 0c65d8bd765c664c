/** The control API over HTTP: a thin layer over the sandbox's own methods. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { z } from 'zod'
import { SandboxProblem } from '../problems.ts'
import type { Sandbox } from '../sandbox.ts'
import { renderMetrics } from './metrics.ts'
import { problemResponse } from './problem.ts'
import * as schemas from './schemas.ts'

export type ControlDeps = Pick<
  Sandbox,
  'phones' | 'fault' | 'stats' | 'record' | 'journal' | 'connectionCount' | 'reset'
> & {
  phoneCount: () => number
}

const maxBodyBytes = 1024 * 1024

/** Builds the app; it never listens. Every route under `/control` needs the bearer token. */
export function createControlApp(sandbox: ControlDeps, controlToken: string): Hono {
  const { phones } = sandbox
  const app = new Hono()
  const isToken = tokenCheck(controlToken)

  app.use('/control/*', async (c, next) => {
    const [scheme, token] = (c.req.header('authorization') ?? '').split(' ')
    if (scheme?.toLowerCase() !== 'bearer' || !isToken(token ?? '')) {
      throw new SandboxProblem('unauthorized', 'Send the token as `Authorization: Bearer …`.')
    }
    await next()
  })
  app.use(
    '/control/*',
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: () => {
        throw new SandboxProblem('body-too-large', `Send at most ${maxBodyBytes} bytes.`)
      },
    }),
  )

  app.post('/control/phones', async (c) => c.json(phones.create(await body(c, schemas.newPhone)), 201))
  app.get('/control/phones', (c) => c.json({ items: phones.list(query(c, schemas.realmQuery).realm) }))
  app.get('/control/phones/:id', (c) => c.json(phones.get(c.req.param('id'))))
  app.delete('/control/phones/:id', (c) => {
    phones.delete(c.req.param('id'))
    return c.body(null, 204)
  })
  app.post('/control/phones/:id/scan', async (c) => {
    const { qr } = await body(c, schemas.scan)
    return c.json(await phones.scan(c.req.param('id'), qr))
  })
  app.post('/control/phones/:id/enter-code', async (c) => {
    const { code } = await body(c, schemas.enterCode)
    return c.json(await phones.enterCode(c.req.param('id'), code))
  })
  app.post('/control/phones/:id/devices', async (c) =>
    c.json(phones.enrol(c.req.param('id'), await body(c, schemas.absentClient)), 201),
  )
  app.post('/control/phones/:id/messages', async (c) =>
    c.json(phones.send(c.req.param('id'), await body(c, schemas.newMessage)), 202),
  )
  app.post('/control/phones/:id/typing', async (c) => {
    phones.type(c.req.param('id'), await body(c, schemas.typing))
    return c.body(null, 204)
  })
  app.get('/control/phones/:id/messages', (c) =>
    c.json(phones.messages(c.req.param('id'), query(c, schemas.pageQuery))),
  )
  app.post('/control/phones/:id/read', async (c) => {
    const { ids } = await body(c, schemas.read)
    return c.json(phones.read(c.req.param('id'), ids))
  })
  app.post('/control/phones/:id/online', (c) => c.json(phones.setOnline(c.req.param('id'), true)))
  app.post('/control/phones/:id/offline', (c) => c.json(phones.setOnline(c.req.param('id'), false)))
  app.post('/control/phones/:id/calls', async (c) =>
    c.json(phones.call(c.req.param('id'), await body(c, schemas.newCall)), 202),
  )
  app.post('/control/phones/:id/unlink', async (c) => {
    const { device } = await body(c, schemas.unlink)
    return c.json(phones.unlink(c.req.param('id'), device))
  })
  app.get('/control/phones/:id/undecryptable', (c) => c.json(phones.undecryptable(c.req.param('id'))))

  app.post('/control/faults', async (c) => c.json(sandbox.fault(await body(c, schemas.fault))))
  app.get('/control/stats', (c) => c.json(sandbox.stats(query(c, schemas.realmQuery).realm)))
  app.post('/control/journal', async (c) => {
    const { realm, record } = await body(c, schemas.journal)
    sandbox.record(realm, record)
    return c.body(null, 204)
  })
  app.get('/control/journal', (c) => c.json(sandbox.journal(query(c, schemas.journalQuery).realm)))
  app.post('/control/reset', (c) => {
    sandbox.reset()
    return c.body(null, 204)
  })

  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', (c) => c.json({ status: 'ready' }))
  app.get('/metrics', (c) => {
    const gauges = { connections: sandbox.connectionCount(), phones: sandbox.phoneCount() }
    return c.text(renderMetrics(gauges, sandbox.stats()), 200, { 'content-type': 'text/plain; version=0.0.4' })
  })

  app.notFound(() => problemResponse(new SandboxProblem('not-found', 'See the README for the routes.')))
  app.onError((error) => problemResponse(error))
  return app
}

/** An empty body counts as an empty object. */
async function body<T extends z.ZodType>(c: Context, schema: T): Promise<z.infer<T>> {
  const text = await c.req.text()
  let value: unknown
  try {
    value = text === '' ? {} : JSON.parse(text)
  } catch (cause) {
    throw new SandboxProblem('invalid-request', 'The body is not JSON.', { cause })
  }
  return parse(schema, value)
}

function query<T extends z.ZodType>(c: Context, schema: T): z.infer<T> {
  return parse(schema, c.req.query())
}

function parse<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const sentences = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`)
  throw new SandboxProblem('invalid-request', sentences.join('; '))
}

/** Compares in constant time, whatever the lengths. */
function tokenCheck(expected: string): (token: string) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  const expectedDigest = digest(expected)
  return (token) => timingSafeEqual(digest(token), expectedDigest)
}
