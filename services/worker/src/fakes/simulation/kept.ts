// Plans that once failed, each named for what must hold. A seed keeps its meaning only while the models stay as they are, so
// what was wrong is pinned by a test of its own as well, where one can be written.
import type { Plan } from './plan.ts'

export const keptPlans: { name: string; plan: Plan }[] = [
  {
    name: 'a command that comes twice is acknowledged only once the first is in the log',
    plan: {
      seed: 231,
      weather: {
        lostRequest: 0.006874947750475258,
        lostAnswer: 0.06766532098408788,
        late: 0.013854680326767267,
        twice: 0.02854359862394631,
      },
      steps: [
        { atMs: 0, do: 'own' },
        { atMs: 3558, do: 'write', from: '999102' },
        { atMs: 3578, do: 'send', chat: '+999101', lane: 'high', times: 1 },
        { atMs: 6895, do: 'outage', ms: 4269 },
        { atMs: 8455, do: 'send', chat: '+999103', lane: 'normal', times: 1 },
      ],
    },
  },
  {
    name: 'a released session opens no socket, whatever it is asked to handle',
    plan: {
      seed: 101118,
      weather: { lostRequest: 0, lostAnswer: 0.06715215027797967, late: 0.09183642349671572, twice: 0 },
      steps: [
        { atMs: 0, do: 'own' },
        { atMs: 4, do: 'send', chat: '+999101', lane: 'high', times: 1 },
        { atMs: 1177, do: 'cut', of: 0, from: 'broker', ms: 3759 },
        { atMs: 1204, do: 'own' },
        { atMs: 1208, do: 'cut', of: 0, from: 'whatsapp', ms: 9494 },
        { atMs: 1233, do: 'send', chat: '+999101', lane: 'normal', times: 1 },
        { atMs: 4947, do: 'send', chat: '+999101', lane: 'normal', times: 2 },
        { atMs: 7292, do: 'send', chat: '+999103', lane: 'high', times: 1 },
        { atMs: 7307, do: 'send', chat: '+999101', lane: 'normal', times: 1 },
        { atMs: 7313, do: 'own' },
        { atMs: 7323, do: 'outage', ms: 834 },
        { atMs: 8386, do: 'stop', of: 0, ms: 38190 },
        { atMs: 8411, do: 'send', chat: '+999103', lane: 'normal', times: 1 },
        { atMs: 9572, do: 'own' },
        { atMs: 10866, do: 'send', chat: '+999101', lane: 'normal', times: 1 },
        { atMs: 10918, do: 'send', chat: '+999102', lane: 'normal', times: 1 },
        { atMs: 13550, do: 'write', from: '999101' },
        { atMs: 13573, do: 'send', chat: '+999101', lane: 'normal', times: 1 },
        { atMs: 13598, do: 'send', chat: '+999102', lane: 'normal', times: 1 },
        { atMs: 13615, do: 'send', chat: '+999103', lane: 'normal', times: 1 },
        { atMs: 14353, do: 'send', chat: '+999103', lane: 'normal', times: 1 },
        { atMs: 14382, do: 'own' },
        { atMs: 15110, do: 'send', chat: '+999101', lane: 'high', times: 1 },
        { atMs: 15114, do: 'drain', of: 0 },
        { atMs: 22290, do: 'outage', ms: 12503 },
      ],
    },
  },
  {
    name: 'what is in doubt goes out again before anything new to its chat, whatever makes the sender look',
    plan: {
      seed: 1815,
      weather: { lostRequest: 0, lostAnswer: 0, late: 0.07119192807003856, twice: 0.034352427849080415 },
      steps: [
        { atMs: 0, do: 'own' },
        { atMs: 21, do: 'send', chat: '+999103', lane: 'normal', times: 1 },
        { atMs: 23, do: 'drain', of: 0 },
        { atMs: 40, do: 'send', chat: '+999102', lane: 'normal', times: 1 },
        { atMs: 3210, do: 'send', chat: '+999102', lane: 'normal', times: 2 },
        { atMs: 3217, do: 'send', chat: '+999102', lane: 'normal', times: 1 },
        { atMs: 5857, do: 'send', chat: '+999103', lane: 'normal', times: 1 },
        { atMs: 9234, do: 'send', chat: '+999101', lane: 'normal', times: 1 },
        { atMs: 12262, do: 'send', chat: '+999102', lane: 'normal', times: 1 },
        { atMs: 14134, do: 'own' },
        { atMs: 16414, do: 'send', chat: '+999103', lane: 'normal', times: 1 },
        { atMs: 18978, do: 'stop', of: 0, ms: 16740 },
        { atMs: 22935, do: 'outage', ms: 3152 },
        { atMs: 22957, do: 'own' },
      ],
    },
  },
]
