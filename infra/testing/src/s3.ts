import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type S3Server, startS3Server } from '@wagate/dev/servers/s3.ts'

/** An S3 server of the test's own, in this process, with the named buckets. Use with `await using`. */
export async function startS3(buckets: string[] = ['wagate']): Promise<S3Server> {
  const dir = await mkdtemp(join(tmpdir(), 'wagate-s3-'))
  const server = await startS3Server({ dir, buckets })
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await server.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
