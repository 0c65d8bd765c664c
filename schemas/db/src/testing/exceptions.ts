// Everything that the rules of isolation would refuse and that is right all the same, each with its reason. What is not here is
// refused; what is here and no longer exists is refused too.

export type Exceptions = {
  /** Tables that hold nothing of any tenant and do not say so in their comment. */
  tables: Record<string, string>
  /** Indexes that do not begin with tenant_id, by name. */
  indexes: Record<string, string>
  /** Policies by anything but the tenant, as `<table>.<policy>`. */
  policies: Record<string, string>
  /** Roles that serve every tenant: their policies may say `true`. Never the gateway's: it acts for one tenant at a time. */
  everyTenant: Record<string, string>
}

export const exceptions: Exceptions = {
  tables: { projector_checkpoint: 'how far each consumer is projected' },
  indexes: {
    tenant_operators: 'there is one account of the operators at most',
    member_person: 'in which tenants is this person: asked before a tenant is chosen',
    message_words_words: 'each of its entries begins with a hash of tenant and mode; the policies decide what is seen',
    invitation_address: 'to what is this address invited: asked before a tenant is chosen',
  },
  policies: {
    'audit_entry.removal': "the owner's function that cuts off the oldest entries; no service logs in as the owner",
    'plan_change.figures':
      "the owner's function sums it up for the operator; the gateway gets sums, and no service logs in as the owner",
    'session_view.figures': 'the same',
    'usage_day.figures': 'the same',
    'audit_anchor.removal': 'notes for that function where the cut was',
  },
  everyTenant: {
    wagate_projector: 'folds the events of all tenants; takes no requests',
    wagate_keeper: 'removes and exports data of all tenants; takes no requests',
    wagate_webhooks: 'delivers the events of all tenants; takes no requests',
  },
}
