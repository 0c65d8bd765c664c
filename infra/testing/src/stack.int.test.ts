import { connect } from 'node:net'
import postgres from 'postgres'
import { expect, test } from 'vitest'
import { startStack } from './stack.ts'
import { waitFor } from './wait-for.ts'

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

test('a component that died is started again on its port, and the others are left alone', async () => {
  await using stack = await startStack({ only: ['nats', 's3'] })
  const { nats, s3 } = stack.wiring.port
  const before = { nats: stack.pid('nats'), s3: stack.pid('s3') }
  stack.signal('nats', 'SIGKILL') // not waited for: the launcher may not take the dying for the living
  await stack.start()
  expect(await accepts(nats)).toBe(true)
  expect(stack.pid('nats')).not.toBe(before.nats)
  expect(stack.pid('s3')).toBe(before.s3)
  expect(await accepts(s3)).toBe(true)
})

test('PostgreSQL keeps its data over a kill', async () => {
  await using stack = await startStack({ only: ['postgres'] })
  const { port, secrets } = stack.wiring
  const url = `postgres://postgres:${secrets.postgresPassword}@127.0.0.1:${port.postgres}/postgres`
  const sql = postgres(url, { max: 1, onclose: () => {} })
  await sql`create table kept (n int)`
  await sql`insert into kept values (1)`
  await stack.kill('postgres')
  expect(await accepts(port.postgres)).toBe(false)
  await stack.start()
  expect(await waitFor(() => sql`select n from kept`)).toEqual([{ n: 1 }])
  await sql.end()
})

test('a stack that cannot start says which component failed and why, and leaves nothing running', async () => {
  const start = startStack({ only: ['gateway'], partitions: 1, passedOn: { PORT: 'not-a-port' } })
  await expect(start).rejects.toThrow(/the stack did not start:/)
})
