import { connect } from 'node:net'
import { databaseRoles } from '@wagate/dev/database.ts'
import postgres from 'postgres'
import { expect, test } from 'vitest'
import { startNats } from './nats.ts'
import { cloneDatabase } from './postgres.ts'
import { startS3 } from './s3.ts'
import { waitFor } from './wait-for.ts'

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

const asClient = ({ user, password }: { user: string; password: string }) => ({ verbose: true, user, pass: password })

/** Sends one protocol line and returns everything the server said until it answered it. */
const converse = (port: number, line: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let heard = ''
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(`${line}\r\n`))
    socket.on('data', (bytes) => {
      heard += bytes.toString()
      if (/[+]OK|-ERR/.test(heard)) socket.destroy()
    })
    socket.once('error', reject)
    socket.once('close', () => resolve(heard))
  })

test('a NATS server is there inside the scope and gone after it', async () => {
  let port: number
  {
    await using nats = await startNats()
    port = nats.port
    expect(await accepts(port)).toBe(true)
  }
  expect(await accepts(port)).toBe(false)
})

test('a killed NATS server comes back on the same port', async () => {
  await using nats = await startNats({ syncAlways: true })
  nats.kill('SIGKILL')
  await nats.exited
  await using again = await nats.restart()
  expect(again.port).toBe(nats.port)
  expect(await accepts(nats.port)).toBe(true)
})

test("the repository's nats.conf asks every client for a service user", async () => {
  await using nats = await startNats({ users: true })
  const refused = await converse(nats.port, 'CONNECT {"verbose":true}')
  const accepted = await converse(nats.port, `CONNECT ${JSON.stringify(asClient(nats.login('gateway')))}`)
  expect(refused).toContain('Authorization Violation')
  expect(accepted).toContain('+OK')
})

test('each clone of the database is a world of its own', async () => {
  await using one = await cloneDatabase()
  await using other = await cloneDatabase()
  const [a, b] = [postgres(one.url, { max: 1 }), postgres(other.url, { max: 1 })]
  await a`create table only_here (n int)`
  const [found] = await b`select to_regclass('only_here') as name`
  expect(found?.name).toBeNull()
  await Promise.all([a.end(), b.end()])
})

test('a connection that a test leaves open fails it', async () => {
  const db = await cloneDatabase()
  const sql = postgres(db.url, { max: 1, onclose: () => {} })
  await sql`select 1`
  await expect(db[Symbol.asyncDispose]()).rejects.toThrow('left open: postgres')
  await sql.end()
})

test('each service role can log in to a clone', async () => {
  await using db = await cloneDatabase()
  for (const role of databaseRoles) {
    const sql = postgres(db.urlFor(role), { max: 1 })
    expect(await sql`select current_user as name`).toEqual([{ name: role }])
    await sql.end()
  }
})

test('an S3 server answers', async () => {
  await using s3 = await startS3(['media'])
  await waitFor(async () => (await fetch(s3.url)).status < 500, { what: 's3rver' })
})
