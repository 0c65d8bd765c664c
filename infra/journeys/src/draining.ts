// An operator drains a worker and watches its sessions move to another one, without loading a page anew.
import { createLinkedSession } from '@wagate/testing/linked-session.ts'
import type { TestStack } from '@wagate/testing/stack.ts'
import { createTenant, createOperator as operatorsClient } from '@wagate/testing/tenant.ts'
import { createOperator } from './operator.ts'
import { signIn } from './signing-in.ts'
import { type Surroundings, visit } from './visitor.ts'

/** How long a drain, and the word of it, may take on a machine that is busy with other tests. */
const patienceMs = 120_000

export async function draining(around: Surroundings, stack: TestStack): Promise<void> {
  const { client } = await createTenant(stack, { sessions: 4, phones: 4 })
  for (let n = 0; n < 3; n++) await createLinkedSession(client)
  const operator = await createOperator(stack, 'Olga')
  const drained = await workerOf(stack)
  await stack.another('worker')
  await visit(around, async (visitor) => {
    await signIn(visitor, operator)
    const { page, t } = visitor
    await visitor.open('/operator')
    await page.getByRole('heading', { name: t('op_health.title') }).waitFor()
    await visitor.judge()

    await page.goto(new URL('/operator/workers', around.site).href)
    const cards = page.locator('section', { hasText: 'wrk_' })
    await cards.nth(1).waitFor({ timeout: patienceMs })
    await visitor.judge()
    const card = page.locator('section', { hasText: drained })
    await card
      .getByRole('button', { name: t('op_workers.drain'), exact: true })
      .first()
      .click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: t('op_workers.drain'), exact: true })
      .click()
    await card
      .getByRole('button', { name: t('op_workers.undrain'), exact: true })
      .first()
      .waitFor()
    // It is told live: nobody loads the page anew.
    await card.getByText(t('op_workers.state.drained'), { exact: true }).waitFor({ timeout: patienceMs })
    await visitor.judge()

    await page.goto(new URL('/operator/failovers', around.site).href)
    await page.getByText(t('op_failovers.reason.drained'), { exact: true }).first().waitFor({ timeout: patienceMs })
    await visitor.judge()
  })
}

/** The one that the stack began with. */
async function workerOf(stack: TestStack): Promise<string> {
  const [worker] = (await (await operatorsClient(stack)).listWorkers()).data
  if (!worker) throw new Error('no worker was heard of')
  return worker.id
}
