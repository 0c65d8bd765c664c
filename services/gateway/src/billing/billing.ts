// Who takes the money for plans, as the gateway sees it. One way is there: `manual.ts`, a person.
import type { PlanName } from '@wagate/messages/plans.ts'

export type Billing = {
  name: string
  /** Whether an account that wants another plan may have it now, or has to wait for an approval. */
  judge(change: { tenantId: string; from: PlanName; to: PlanName }): Promise<'grant' | 'await_approval'>
}
