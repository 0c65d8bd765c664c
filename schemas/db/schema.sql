-- Written by the test of the migrations (make schema); do not edit.

create table api_call_day (
  tenant_id text not null,
  day date not null,
  mode text not null,
  gateway_id text not null,
  succeeded bigint not null,
  refused bigint not null,
  rate_limited bigint not null,
  failed bigint not null,
  updated_at timestamp with time zone not null default now(),
  constraint api_call_day_tenant_id_day_mode_gateway_id_pk PRIMARY KEY (tenant_id, day, mode, gateway_id)
);
alter table api_call_day enable row level security, force row level security;
create policy keeper on api_call_day for all to wagate_keeper using (true) with check (true);
create policy one_tenant on api_call_day for all to wagate_api using ((tenant_id = current_tenant_id())) with check ((tenant_id = current_tenant_id()));
grant insert, select, update on api_call_day to wagate_api;
grant delete, select on api_call_day to wagate_keeper;

create table api_key (
  tenant_id text not null,
  key_id text not null,
  name text,
  mode text not null,
  secret_hash text not null,
  scopes text[] not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  session_ids text[],
  requests_per_second integer,
  last_used_at timestamp with time zone,
  constraint api_key_tenant_id_key_id_pk PRIMARY KEY (tenant_id, key_id),
  constraint api_key_tenant_id_tenant_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenant(tenant_id)
);
comment on table api_key is 'Exempt from row-level security: the reconciler of the KV mirror reads every tenant''s keys.';
CREATE INDEX api_key_newest ON public.api_key USING btree (tenant_id, created_at DESC, key_id DESC);
grant delete, insert, select, update on api_key to wagate_api;
grant delete, select on api_key to wagate_keeper;

create table attempt (
  key text not null,
  points integer not null,
  expires_at timestamp with time zone,
  constraint attempt_pkey PRIMARY KEY (key)
);
comment on table attempt is 'Exempt from row-level security: counts attempts before it is known who asks.';
CREATE INDEX attempt_expiry ON public.attempt USING btree (expires_at);
grant delete, insert, select, update on attempt to wagate_api;

create table audit_anchor (
  tenant_id text not null,
  number bigint not null,
  hash text not null,
  removed_at timestamp with time zone not null default now(),
  constraint audit_anchor_pkey PRIMARY KEY (tenant_id)
);
alter table audit_anchor enable row level security, force row level security;
create policy all_tenants on audit_anchor for select to wagate_projector using (true);
create policy keeper on audit_anchor for all to wagate_keeper using (true) with check (true);
create policy one_tenant on audit_anchor for select to wagate_api using ((tenant_id = current_tenant_id()));
create policy removal on audit_anchor for all to wagate_owner using (true) with check (true);
grant select on audit_anchor to wagate_api;
grant delete, select on audit_anchor to wagate_keeper;
grant select on audit_anchor to wagate_projector;

create table audit_entry (
  tenant_id text not null,
  number bigint not null,
  entry_id text not null,
  at timestamp(3) with time zone not null,
  actor_kind text not null,
  actor_id text,
  action text not null,
  targets text[] not null,
  mode text,
  request_id text,
  route text,
  address text,
  changes jsonb not null,
  previous_hash text not null,
  hash text not null,
  constraint audit_entry_tenant_id_number_pk PRIMARY KEY (tenant_id, number)
);
CREATE INDEX audit_entry_at ON public.audit_entry USING btree (tenant_id, at DESC);
CREATE UNIQUE INDEX audit_entry_id ON public.audit_entry USING btree (tenant_id, entry_id);
CREATE INDEX audit_entry_of_action ON public.audit_entry USING btree (tenant_id, action, number DESC);
CREATE INDEX audit_entry_of_actor ON public.audit_entry USING btree (tenant_id, actor_id, number DESC);
CREATE INDEX audit_entry_of_second_target ON public.audit_entry USING btree (tenant_id, (targets[2]), number DESC);
CREATE INDEX audit_entry_of_target ON public.audit_entry USING btree (tenant_id, (targets[1]), number DESC);
alter table audit_entry enable row level security, force row level security;
create policy additions on audit_entry for a to wagate_projector with check (true);
create policy all_tenants on audit_entry for select to wagate_projector using (true);
create policy keeper on audit_entry for select to wagate_keeper using (true);
create policy one_tenant on audit_entry for select to wagate_api using ((tenant_id = current_tenant_id()));
create policy removal on audit_entry for all to wagate_owner using (true) with check (false);
grant select on audit_entry to wagate_api;
grant select on audit_entry to wagate_keeper;
grant insert, select on audit_entry to wagate_projector;
CREATE TRIGGER audit_entry_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

create table chat_desk (
  tenant_id text not null,
  chat_id text not null,
  session_id text not null,
  mode text not null,
  assignee_id text,
  read_to_at timestamp with time zone,
  read_to_id text,
  read_at timestamp with time zone,
  read_to_seq bigint,
  constraint chat_desk_tenant_id_chat_id_pk PRIMARY KEY (tenant_id, chat_id),
  constraint chat_desk_assignee_is_member FOREIGN KEY (tenant_id, assignee_id) REFERENCES member(tenant_id, person_id) ON DELETE SET NULL (assignee_id),
  constraint chat_desk_read_whole CHECK ((num_nulls(read_to_at, read_to_id, read_at) = ANY (ARRAY[0, 3])))
);
comment on table chat_desk is 'Who takes care of a chat, and how far it was read. Written by gateways; the projector takes it along when chats merge';
CREATE INDEX chat_desk_assignee ON public.chat_desk USING btree (tenant_id, assignee_id, mode) WHERE (assignee_id IS NOT NULL);
alter table chat_desk enable row level security, force row level security;
create policy all_tenants on chat_desk for all to wagate_projector using (true) with check (true);
create policy keeper on chat_desk for all to wagate_keeper using (true) with check (true);
create policy one_tenant on chat_desk for all to wagate_api using ((tenant_id = current_tenant_id())) with check ((tenant_id = current_tenant_id()));
grant insert, select, update on chat_desk to wagate_api;
grant delete, select on chat_desk to wagate_keeper;
grant delete, insert, select, update on chat_desk to wagate_projector;

create table chat_view (
  tenant_id text not null,
  chat_id text not null,
  session_id text not null,
  mode text not null,
  phone text,
  lid text,
  name text,
  last_message_id text not null,
  last_message_at timestamp with time zone not null,
  unread_count integer not null,
  created_at timestamp with time zone not null,
  first_stream_seq bigint not null,
  stream_seq bigint not null,
  constraint chat_view_tenant_id_chat_id_pk PRIMARY KEY (tenant_id, chat_id)
);
CREATE INDEX chat_view_latest ON public.chat_view USING btree (tenant_id, mode, last_message_at DESC, chat_id DESC);
CREATE INDEX chat_view_latest_of_session ON public.chat_view USING btree (tenant_id, session_id, last_message_at DESC, chat_id DESC);
CREATE UNIQUE INDEX chat_view_lid ON public.chat_view USING btree (tenant_id, session_id, lid) WHERE (lid IS NOT NULL);
CREATE UNIQUE INDEX chat_view_phone ON public.chat_view USING btree (tenant_id, session_id, phone) WHERE (phone IS NOT NULL);
CREATE INDEX chat_view_unread ON public.chat_view USING btree (tenant_id, mode, last_message_at DESC, chat_id DESC) WHERE (unread_count > 0);
alter table chat_view enable row level security, force row level security;
create policy all_tenants on chat_view for all to wagate_projector using (true) with check (true);
create policy keeper on chat_view for all to wagate_keeper using (true) with check (true);
create policy one_tenant on chat_view for select to wagate_api using ((tenant_id = current_tenant_id()));
grant select on chat_view to wagate_api;
grant delete, select on chat_view to wagate_keeper;
grant delete, insert, select, update on chat_view to wagate_projector;

create table credential (
  credential_id text not null,
  account_id text not null,
  provider_id text not null,
  person_id text not null,
  password text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamp with time zone,
  refresh_token_expires_at timestamp with time zone,
  scope text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint credential_pkey PRIMARY KEY (credential_id),
  constraint credential_person_id_person_person_id_fk FOREIGN KEY (person_id) REFERENCES person(person_id) ON DELETE CASCADE
);
comment on table credential is 'Exempt from row-level security: people belong to no tenant.';
CREATE INDEX credential_person ON public.credential USING btree (person_id);
grant delete, insert, select, update on credential to wagate_api;

create table delivery_attempt (
  tenant_id text not null,
  delivery_id text not null,
  attempt smallint not null,
  started_at timestamp with time zone not null,
  duration_ms integer not null,
  status_code integer,
  error text,
  resend smallint not null default 0,
  response_body text,
  constraint delivery_attempt_tenant_id_delivery_id_attempt_pk PRIMARY KEY (tenant_id, delivery_id, attempt)
);
alter table delivery_attempt enable row level security, force row level security;
create policy all_tenants on delivery_attempt for all to wagate_webhooks using (true) with check (true);
create policy keeper on delivery_attempt for all to wagate_keeper using (true) with check (true);
create policy one_tenant on delivery_attempt for select to wagate_api using ((tenant_id = current_tenant_id()));
grant select on delivery_attempt to wagate_api;
grant delete, select on delivery_attempt to wagate_keeper;
grant delete, insert, select, update on delivery_attempt to wagate_webhooks;

create table invitation (
  tenant_id text not null,
  invitation_id text not null,
  email text not null,
  role text not null,
  invited_by text not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  constraint invitation_tenant_id_invitation_id_pk PRIMARY KEY (tenant_id, invitation_id),
  constraint invitation_tenant_id_tenant_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenant(tenant_id)
);
comment on table invitation is 'Exempt from row-level security: a person''s invitations are listed across tenants.';
CREATE INDEX invitation_address ON public.invitation USING btree (email);
CREATE UNIQUE INDEX invitation_email ON public.invitation USING btree (tenant_id, email);
CREATE INDEX invitation_newest ON public.invitation USING btree (tenant_id, created_at DESC, invitation_id DESC);
grant delete, insert, select, update on invitation to wagate_api;
grant delete, select on invitation to wagate_keeper;

create table job (
  tenant_id text not null,
  job_id text not null,
  kind text not null,
  mode text,
  state text not null default 'waiting'::text,
  params jsonb not null default '{}'::jsonb,
  step text,
  done bigint not null default 0,
  total bigint,
  result jsonb not null default '{}'::jsonb,
  error_code text,
  attempts smallint not null default 0,
  due_at timestamp with time zone,
  requested_by text not null,
  created_at timestamp with time zone not null default now(),
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  expires_at timestamp with time zone,
  claim bigint not null default 0,
  constraint job_tenant_id_job_id_pk PRIMARY KEY (tenant_id, job_id)
);
CREATE INDEX job_due ON public.job USING btree (tenant_id, due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX job_newest ON public.job USING btree (tenant_id, kind, created_at DESC, job_id DESC);
alter table job enable row level security, force row level security;
create policy asks on job for a to wagate_api with check ((tenant_id = current_tenant_id()));
create policy keeper on job for all to wagate_keeper using (true) with check (true);
create policy one_tenant on job for select to wagate_api using ((tenant_id = current_tenant_id()));
create policy takes_back on job for w to wagate_api using ((tenant_id = current_tenant_id())) with check ((tenant_id = current_tenant_id()));
grant insert, select, update (due_at, finished_at, state) on job to wagate_api;
grant delete, insert, select, update on job to wagate_keeper;

create table mail_outbox (
  mail_id text not null,
  kind text not null,
  content_iv bytea not null,
  content_ciphertext bytea not null,
  content_tag bytea not null,
  content_kek_id text not null,
  attempts smallint not null default 0,
  next_attempt_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  last_error text,
  created_at timestamp with time zone not null default now(),
  constraint mail_outbox_pkey PRIMARY KEY (mail_id)
);
comment on table mail_outbox is 'Exempt from row-level security: a mail is to a person, who may belong to no tenant or to several.';
CREATE INDEX mail_outbox_due ON public.mail_outbox USING btree (next_attempt_at);
grant delete, insert, select, update on mail_outbox to wagate_api;

create table member (
  tenant_id text not null,
  person_id text not null,
  role text not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint member_tenant_id_person_id_pk PRIMARY KEY (tenant_id, person_id),
  constraint member_person_id_person_person_id_fk FOREIGN KEY (person_id) REFERENCES person(person_id),
  constraint member_tenant_id_tenant_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenant(tenant_id)
);
comment on table member is 'Exempt from row-level security: the reconciler of the KV mirror reads every tenant''s members, and a person''s tenants are listed across tenants.';
CREATE INDEX member_person ON public.member USING btree (person_id);
grant delete, insert, select, update on member to wagate_api;
grant delete, select on member to wagate_keeper;

create table message_hour (
  tenant_id text not null,
  hour timestamp with time zone not null,
  session_id text not null,
  mode text not null,
  sent bigint not null default 0,
  sent_by_phone bigint not null default 0,
  received bigint not null default 0,
  failed bigint not null default 0,
  unconfirmed bigint not null default 0,
  cancelled bigint not null default 0,
  expired bigint not null default 0,
  delivered bigint not null default 0,
  read bigint not null default 0,
  played bigint not null default 0,
  first_sequence bigint not null,
  stream_seq bigint not null,
  constraint message_hour_tenant_id_hour_session_id_pk PRIMARY KEY (tenant_id, hour, session_id)
);
alter table message_hour enable row level security, force row level security;
create policy all_tenants on message_hour for all to wagate_projector using (true) with check (true);
create policy keeper on message_hour for all to wagate_keeper using (true) with check (true);
create policy one_tenant on message_hour for select to wagate_api using ((tenant_id = current_tenant_id()));
grant select on message_hour to wagate_api;
grant delete, select on message_hour to wagate_keeper;
grant delete, insert, select, update on message_hour to wagate_projector;

create table message_view (
  tenant_id text not null,
  message_id text not null,
  created_at timestamp with time zone not null,
  session_id text not null,
  chat_id text not null,
  direction text not null,
  chat_phone text,
  chat_lid text,
  from_phone text,
  from_lid text,
  type text not null,
  content jsonb not null,
  state text not null,
  wa_message_id text,
  error_code text,
  error_detail text,
  accepted_at timestamp with time zone,
  sent_at timestamp with time zone,
  delivered_at timestamp with time zone,
  read_at timestamp with time zone,
  played_at timestamp with time zone,
  failed_at timestamp with time zone,
  stream_seq bigint not null,
  cancelled_at timestamp with time zone,
  expired_at timestamp with time zone,
  constraint message_view_tenant_id_message_id_created_at_pk PRIMARY KEY (tenant_id, message_id, created_at)
) partition by range (created_at);
CREATE INDEX message_view_of_chat ON ONLY public.message_view USING btree (tenant_id, chat_id, created_at DESC, message_id DESC);
CREATE INDEX message_view_of_session ON ONLY public.message_view USING btree (tenant_id, session_id, created_at DESC, message_id DESC);
CREATE INDEX message_view_wa_message_id ON ONLY public.message_view USING btree (tenant_id, session_id, wa_message_id);
alter table message_view enable row level security, force row level security;
create policy all_tenants on message_view for all to wagate_projector using (true) with check (true);
create policy keeper on message_view for all to wagate_keeper using (true) with check (true);
create policy one_tenant on message_view for select to wagate_api using ((tenant_id = current_tenant_id()));
grant select on message_view to wagate_api;
grant delete, select on message_view to wagate_keeper;
grant delete, insert, select, update on message_view to wagate_projector;

create table message_words (
  tenant_id text not null,
  message_id text not null,
  created_at timestamp with time zone not null,
  session_id text not null,
  words tsvector not null,
  constraint message_words_tenant_id_created_at_message_id_pk PRIMARY KEY (tenant_id, created_at, message_id)
) partition by range (created_at);
comment on table message_words is 'The words of each message, for search. Written by the projector only';
CREATE INDEX message_words_words ON ONLY public.message_words USING gin (words);
alter table message_words enable row level security, force row level security;
create policy all_tenants on message_words for all to wagate_projector using (true) with check (true);
create policy keeper on message_words for all to wagate_keeper using (true) with check (true);
create policy one_tenant on message_words for select to wagate_api using ((tenant_id = current_tenant_id()));
create policy what_is_searched on message_words for select to wagate_api using ((words @@ current_search()));
grant select on message_words to wagate_api;
grant delete, select on message_words to wagate_keeper;
grant delete, insert, select, update on message_words to wagate_projector;

create table person (
  person_id text not null,
  name text not null,
  email text not null,
  email_verified boolean not null default false,
  image text,
  company text,
  two_factor_enabled boolean not null default false,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint person_email UNIQUE (email),
  constraint person_pkey PRIMARY KEY (person_id)
);
comment on table person is 'Exempt from row-level security: people belong to no tenant.';
grant delete, insert, select, update on person to wagate_api;

create table plan_change (
  tenant_id text not null,
  change_id text not null,
  at timestamp with time zone not null,
  from_plan text not null,
  to_plan text not null,
  state text not null,
  by text not null,
  overrides jsonb not null default '{}'::jsonb,
  monthly_price_cents integer,
  constraint plan_change_tenant_id_change_id_pk PRIMARY KEY (tenant_id, change_id),
  constraint plan_change_tenant_id_tenant_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenant(tenant_id)
);
CREATE INDEX plan_change_newest ON public.plan_change USING btree (tenant_id, at DESC, change_id DESC);
alter table plan_change enable row level security, force row level security;
create policy figures on plan_change for select to wagate_owner using (true);
create policy keeper on plan_change for all to wagate_keeper using (true) with check (true);
create policy one_tenant on plan_change for all to wagate_api using ((tenant_id = current_tenant_id())) with check ((tenant_id = current_tenant_id()));
grant insert, select on plan_change to wagate_api;
grant delete, select, update (by, overrides) on plan_change to wagate_keeper;

create table projector_checkpoint (
  consumer text not null,
  stream_seq bigint not null,
  event_stored_at timestamp with time zone,
  constraint projector_checkpoint_pkey PRIMARY KEY (consumer)
);
grant delete, insert, select, update on projector_checkpoint to wagate_projector;

create table quick_reply (
  tenant_id text not null,
  reply_id text not null,
  shortcut text not null,
  text text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint quick_reply_tenant_id_reply_id_pk PRIMARY KEY (tenant_id, reply_id)
);
comment on table quick_reply is 'Texts that a team keeps at hand. Written by gateways';
CREATE UNIQUE INDEX quick_reply_shortcut ON public.quick_reply USING btree (tenant_id, shortcut);
alter table quick_reply enable row level security, force row level security;
create policy keeper on quick_reply for all to wagate_keeper using (true) with check (true);
create policy one_tenant on quick_reply for all to wagate_api using ((tenant_id = current_tenant_id())) with check ((tenant_id = current_tenant_id()));
grant delete, insert, select, update on quick_reply to wagate_api;
grant delete, select on quick_reply to wagate_keeper;

create table request_log (
  tenant_id text not null,
  mode text not null,
  at timestamp(3) with time zone not null,
  entry_id text not null,
  request_id text not null,
  method text not null,
  route text not null,
  path text not null,
  status smallint not null,
  problem text,
  actor_kind text not null,
  actor_id text not null,
  duration_ms real not null,
  address text,
  user_agent text,
  constraint request_log_tenant_id_mode_at_entry_id_pk PRIMARY KEY (tenant_id, mode, at, entry_id)
) partition by range (at);
comment on table request_log is 'Requests to the API, some days of them. Written by gateways; rows are never changed, days are dropped';
CREATE INDEX request_log_id ON ONLY public.request_log USING btree (tenant_id, request_id);
alter table request_log enable row level security, force row level security;
create policy keeper on request_log for all to wagate_keeper using (true) with check (true);
create policy one_tenant on request_log for all to wagate_api using ((tenant_id = current_tenant_id())) with check ((tenant_id = current_tenant_id()));
grant insert, select on request_log to wagate_api;
grant delete, select on request_log to wagate_keeper;

create table retention (
  tenant_id text not null,
  message_days integer,
  chat_days integer,
  delivery_days integer,
  messages_before timestamp with time zone,
  chats_before timestamp with time zone,
  deliveries_before timestamp with time zone,
  updated_at timestamp with time zone not null default now(),
  constraint retention_pkey PRIMARY KEY (tenant_id)
);
alter table retention enable row level security, force row level security;
create policy all_tenants on retention for select to wagate_projector using (true);
create policy keeper on retention for all to wagate_keeper using (true) with check (true);
create policy one_tenant on retention for all to wagate_api using ((tenant_id = current_tenant_id())) with check ((tenant_id = current_tenant_id()));
grant insert, select, update (chat_days, delivery_days, message_days, updated_at) on retention to wagate_api;
grant delete, insert (chats_before, deliveries_before, messages_before, tenant_id), select, update (chats_before, deliveries_before, messages_before) on retention to wagate_keeper;
grant select on retention to wagate_projector;

create table service_day (
  tenant_id text not null,
  day date not null,
  session_id text not null,
  mode text not null,
  up_ms bigint not null default 0,
  down_ms bigint not null default 0,
  excused_ms bigint not null default 0,
  links_tried bigint not null default 0,
  links_made bigint not null default 0,
  link_ms bigint not null default 0,
  migrations bigint not null default 0,
  migrations_made bigint not null default 0,
  migrations_in_time bigint not null default 0,
  first_sequence bigint not null,
  stream_seq bigint not null,
  constraint service_day_tenant_id_day_session_id_pk PRIMARY KEY (tenant_id, day, session_id)
);
alter table service_day enable row level security, force row level security;
create policy all_tenants on service_day for all to wagate_projector using (true) with check (true);
create policy keeper on service_day for all to wagate_keeper using (true) with check (true);
create policy one_tenant on service_day for select to wagate_api using ((tenant_id = current_tenant_id()));
grant select on service_day to wagate_api;
grant delete, select on service_day to wagate_keeper;
grant delete, insert, select, update on service_day to wagate_projector;

create table session_timeline (
  tenant_id text not null,
  session_id text not null,
  sequence bigint not null,
  part smallint not null,
  entry_id text not null,
  at timestamp(3) with time zone not null,
  type text not null,
  reason text,
  detail jsonb not null,
  constraint session_timeline_tenant_id_session_id_sequence_part_pk PRIMARY KEY (tenant_id, session_id, sequence, part)
);
comment on table session_timeline is 'What happened to each session, as its events tell it. Written by the projector only';
CREATE INDEX session_timeline_newest ON public.session_timeline USING btree (tenant_id, session_id, at DESC, entry_id DESC);
alter table session_timeline enable row level security, force row level security;
create policy all_tenants on session_timeline for all to wagate_projector using (true) with check (true);
create policy keeper on session_timeline for all to wagate_keeper using (true) with check (true);
create policy one_tenant on session_timeline for select to wagate_api using ((tenant_id = current_tenant_id()));
grant select on session_timeline to wagate_api;
grant delete, select on session_timeline to wagate_keeper;
grant delete, insert, select, update on session_timeline to wagate_projector;

create table session_view (
  tenant_id text not null,
  session_id text not null,
  name text,
  mode text not null,
  status text not null,
  reason text,
  account_phone text,
  account_lid text,
  created_at timestamp with time zone not null,
  changed_at timestamp with time zone not null,
  deleted_at timestamp with time zone,
  sequence bigint not null,
  first_stream_seq bigint not null,
  stream_seq bigint not null,
  availability text,
  availability_since timestamp with time zone,
  link_since timestamp with time zone,
  known_sequence bigint,
  constraint session_view_tenant_id_session_id_pk PRIMARY KEY (tenant_id, session_id)
);
CREATE INDEX session_view_newest ON public.session_view USING btree (tenant_id, mode, created_at DESC, session_id DESC);
alter table session_view enable row level security, force row level security;
create policy all_tenants on session_view for all to wagate_projector using (true) with check (true);
create policy figures on session_view for select to wagate_owner using (true);
create policy keeper on session_view for all to wagate_keeper using (true) with check (true);
create policy one_tenant on session_view for select to wagate_api using ((tenant_id = current_tenant_id()));
grant select on session_view to wagate_api;
grant delete, select on session_view to wagate_keeper;
grant delete, insert, select, update on session_view to wagate_projector;

create table sign_in (
  sign_in_id text not null,
  token text not null,
  person_id text not null,
  expires_at timestamp with time zone not null,
  ip_address text,
  user_agent text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint sign_in_token UNIQUE (token),
  constraint sign_in_pkey PRIMARY KEY (sign_in_id),
  constraint sign_in_person_id_person_person_id_fk FOREIGN KEY (person_id) REFERENCES person(person_id) ON DELETE CASCADE
);
comment on table sign_in is 'Exempt from row-level security: people belong to no tenant.';
CREATE INDEX sign_in_expiry ON public.sign_in USING btree (expires_at);
CREATE INDEX sign_in_person ON public.sign_in USING btree (person_id);
grant delete, insert, select, update on sign_in to wagate_api;

create table support_access (
  tenant_id text not null,
  access_id text not null,
  operators_id text not null,
  operator_kind text not null,
  operator_id text not null,
  reason text not null,
  created_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  ended_by text,
  constraint support_access_tenant_id_access_id_pk PRIMARY KEY (tenant_id, access_id),
  constraint support_access_tenant_id_tenant_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenant(tenant_id)
);
CREATE INDEX support_access_newest ON public.support_access USING btree (tenant_id, created_at DESC, access_id DESC);
alter table support_access enable row level security, force row level security;
create policy keeper on support_access for all to wagate_keeper using (true) with check (true);
create policy one_tenant on support_access for all to wagate_api using ((tenant_id = current_tenant_id())) with check ((tenant_id = current_tenant_id()));
grant insert, select, update (ended_at, ended_by) on support_access to wagate_api;
grant delete, select on support_access to wagate_keeper;

create table tenant (
  tenant_id text not null,
  name text not null,
  status text not null default 'active'::text,
  metadata jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  plan text not null default 'basic'::text,
  overrides jsonb not null default '{}'::jsonb,
  requested_plan text,
  requested_at timestamp with time zone,
  deletes_at timestamp with time zone,
  erased_at timestamp with time zone,
  operators boolean not null default false,
  suspended_reason text,
  suspended_at timestamp with time zone,
  monthly_price_cents integer,
  had_linked boolean,
  first_sent_on date,
  constraint tenant_pkey PRIMARY KEY (tenant_id)
);
comment on table tenant is 'Exempt from row-level security: it is read before the tenant of a request is known.';
CREATE UNIQUE INDEX tenant_operators ON public.tenant USING btree (operators) WHERE operators;
grant insert, select, update on tenant to wagate_api;
grant select, update (erased_at, first_sent_on, had_linked, metadata, name, suspended_reason, updated_at) on tenant to wagate_keeper;

create table two_factor (
  two_factor_id text not null,
  secret text not null,
  backup_codes text not null,
  person_id text not null,
  verified boolean not null default true,
  failed_verification_count integer not null default 0,
  locked_until timestamp with time zone,
  constraint two_factor_pkey PRIMARY KEY (two_factor_id),
  constraint two_factor_person_id_person_person_id_fk FOREIGN KEY (person_id) REFERENCES person(person_id) ON DELETE CASCADE
);
comment on table two_factor is 'Exempt from row-level security: people belong to no tenant.';
CREATE INDEX two_factor_person ON public.two_factor USING btree (person_id);
grant delete, insert, select, update on two_factor to wagate_api;

create table usage_day (
  tenant_id text not null,
  day date not null,
  session_id text not null,
  message_type text not null,
  mode text not null,
  sent bigint not null default 0,
  sent_by_phone bigint not null default 0,
  received bigint not null default 0,
  failed bigint not null default 0,
  unconfirmed bigint not null default 0,
  cancelled bigint not null default 0,
  expired bigint not null default 0,
  delivered bigint not null default 0,
  read bigint not null default 0,
  played bigint not null default 0,
  media_bytes_sent bigint not null default 0,
  media_bytes_received bigint not null default 0,
  first_sequence bigint not null,
  stream_seq bigint not null,
  constraint usage_day_tenant_id_day_session_id_message_type_pk PRIMARY KEY (tenant_id, day, session_id, message_type)
);
alter table usage_day enable row level security, force row level security;
create policy all_tenants on usage_day for all to wagate_projector using (true) with check (true);
create policy figures on usage_day for select to wagate_owner using (true);
create policy keeper on usage_day for all to wagate_keeper using (true) with check (true);
create policy one_tenant on usage_day for select to wagate_api using ((tenant_id = current_tenant_id()));
grant select on usage_day to wagate_api;
grant delete, select on usage_day to wagate_keeper;
grant delete, insert, select, update on usage_day to wagate_projector;

create table verification (
  verification_id text not null,
  identifier text not null,
  value text not null,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint verification_pkey PRIMARY KEY (verification_id)
);
comment on table verification is 'Exempt from row-level security: people belong to no tenant.';
CREATE INDEX verification_expiry ON public.verification USING btree (expires_at);
CREATE INDEX verification_identifier ON public.verification USING btree (identifier);
grant delete, insert, select, update on verification to wagate_api;

create table webhook_delivery (
  tenant_id text not null,
  delivery_id text not null,
  endpoint_id text not null,
  event_id text not null,
  event_type text not null,
  session_id text,
  stream_seq bigint,
  body text not null,
  status text not null,
  attempts smallint not null default 0,
  next_attempt_at timestamp with time zone,
  last_status_code integer,
  last_error text,
  created_at timestamp with time zone not null default now(),
  settled_at timestamp with time zone,
  resends smallint not null default 0,
  resent_at timestamp with time zone,
  attempts_before smallint not null default 0,
  constraint webhook_delivery_tenant_id_delivery_id_pk PRIMARY KEY (tenant_id, delivery_id)
);
CREATE INDEX webhook_delivery_due ON public.webhook_delivery USING btree (tenant_id, endpoint_id, next_attempt_at) WHERE (status = 'pending'::text);
CREATE UNIQUE INDEX webhook_delivery_event ON public.webhook_delivery USING btree (tenant_id, endpoint_id, event_id);
CREATE INDEX webhook_delivery_newest ON public.webhook_delivery USING btree (tenant_id, endpoint_id, created_at DESC, delivery_id DESC);
CREATE INDEX webhook_delivery_unsuccessful ON public.webhook_delivery USING btree (tenant_id, endpoint_id, status, created_at DESC, delivery_id DESC) WHERE (status = ANY (ARRAY['exhausted'::text, 'cancelled'::text]));
alter table webhook_delivery enable row level security, force row level security;
create policy all_tenants on webhook_delivery for all to wagate_webhooks using (true) with check (true);
create policy keeper on webhook_delivery for all to wagate_keeper using (true) with check (true);
create policy one_tenant on webhook_delivery for select to wagate_api using ((tenant_id = current_tenant_id()));
create policy resends on webhook_delivery for w to wagate_api using ((tenant_id = current_tenant_id())) with check ((tenant_id = current_tenant_id()));
create policy tests on webhook_delivery for a to wagate_api with check ((tenant_id = current_tenant_id()));
grant insert (body, created_at, delivery_id, endpoint_id, event_id, event_type, next_attempt_at, status, tenant_id), select, update (attempts_before, next_attempt_at, resends, resent_at, settled_at, status) on webhook_delivery to wagate_api;
grant delete, select on webhook_delivery to wagate_keeper;
grant delete, insert, select, update on webhook_delivery to wagate_webhooks;

create table webhook_endpoint (
  tenant_id text not null,
  endpoint_id text not null,
  url text not null,
  description text,
  mode text not null,
  event_types text[] not null,
  secret_iv bytea not null,
  secret_ciphertext bytea not null,
  secret_tag bytea not null,
  secret_kek_id text not null,
  enabled boolean not null default true,
  disabled_reason text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  constraint webhook_endpoint_tenant_id_endpoint_id_pk PRIMARY KEY (tenant_id, endpoint_id),
  constraint webhook_endpoint_tenant_id_tenant_tenant_id_fk FOREIGN KEY (tenant_id) REFERENCES tenant(tenant_id)
);
CREATE INDEX webhook_endpoint_newest ON public.webhook_endpoint USING btree (tenant_id, mode, created_at DESC, endpoint_id DESC);
alter table webhook_endpoint enable row level security, force row level security;
create policy all_tenants on webhook_endpoint for all to wagate_webhooks using (true) with check (true);
create policy keeper on webhook_endpoint for all to wagate_keeper using (true) with check (true);
create policy one_tenant on webhook_endpoint for all to wagate_api using ((tenant_id = current_tenant_id())) with check ((tenant_id = current_tenant_id()));
grant insert, select, update on webhook_endpoint to wagate_api;
grant delete, select on webhook_endpoint to wagate_keeper;
grant select, update (disabled_reason, enabled, updated_at) on webhook_endpoint to wagate_webhooks;
CREATE TRIGGER webhook_endpoint_changed AFTER INSERT OR UPDATE ON public.webhook_endpoint FOR EACH ROW EXECUTE FUNCTION notify_webhook_endpoint();

create table webhook_session (
  tenant_id text not null,
  session_id text not null,
  mode text not null,
  constraint webhook_session_tenant_id_session_id_pk PRIMARY KEY (tenant_id, session_id)
);
alter table webhook_session enable row level security, force row level security;
create policy all_tenants on webhook_session for all to wagate_webhooks using (true) with check (true);
create policy keeper on webhook_session for all to wagate_keeper using (true) with check (true);
grant delete, select on webhook_session to wagate_keeper;
grant delete, insert, select, update on webhook_session to wagate_webhooks;

create view account_start with (security_invoker=true) as
 SELECT t.tenant_id,
    t.created_at,
    (COALESCE(t.had_linked, (EXISTS ( SELECT
           FROM session_view s
          WHERE ((s.tenant_id = t.tenant_id) AND (s.mode = 'live'::text) AND (COALESCE(s.account_phone, s.account_lid) IS NOT NULL))))) OR (sent.first_on IS NOT NULL)) AS has_linked,
    sent.first_on AS first_sent_on,
    ( SELECT min(c.at) AS min
           FROM plan_change c
          WHERE ((c.tenant_id = t.tenant_id) AND (c.state = 'applied'::text) AND (c.monthly_price_cents > 0))) AS first_paid_at
   FROM (tenant t
     CROSS JOIN LATERAL ( SELECT COALESCE(t.first_sent_on, ( SELECT u.day
                   FROM usage_day u
                  WHERE ((u.tenant_id = t.tenant_id) AND (u.mode = 'live'::text) AND (u.sent > 0))
                  ORDER BY u.day
                 LIMIT 1)) AS first_on) sent)
  WHERE (NOT t.operators);

create view plan_term with (security_invoker=true) as
 SELECT tenant_id,
    plan,
    price_cents,
    began_at,
    (began_at > created_at) AS is_change,
    COALESCE(lead(began_at) OVER later, erased_at) AS ended_at,
    lag(COALESCE(price_cents, 0)) OVER later AS price_cents_before
   FROM ( SELECT tenant.tenant_id,
            'basic'::text AS plan,
            0 AS price_cents,
            tenant.created_at AS began_at,
            ''::text AS change_id,
            tenant.created_at,
            tenant.erased_at
           FROM tenant
          WHERE (NOT tenant.operators)
        UNION ALL
         SELECT c.tenant_id,
            c.to_plan,
            c.monthly_price_cents,
            c.at,
            c.change_id,
            t.created_at,
            t.erased_at
           FROM (plan_change c
             JOIN tenant t USING (tenant_id))
          WHERE ((c.state = 'applied'::text) AND (NOT t.operators))) term
  WINDOW later AS (PARTITION BY tenant_id ORDER BY began_at, (change_id COLLATE "C"));

create view service_level_day with (security_invoker=true) as
 SELECT tenant_id,
    mode,
    day,
    (sum(up_ms))::double precision AS up_ms,
    (sum(down_ms))::double precision AS down_ms,
    (sum(excused_ms))::double precision AS excused_ms,
    (sum(links_tried))::double precision AS links_tried,
    (sum(links_made))::double precision AS links_made,
    (sum(link_ms))::double precision AS link_ms,
    (sum(migrations))::double precision AS migrations,
    (sum(migrations_made))::double precision AS migrations_made,
    (sum(migrations_in_time))::double precision AS migrations_in_time,
    (sum(sent))::double precision AS sent,
    (sum(delivered))::double precision AS delivered,
    (sum(failed))::double precision AS failed
   FROM ( SELECT service_day.tenant_id,
            service_day.mode,
            service_day.day,
            service_day.up_ms,
            service_day.down_ms,
            service_day.excused_ms,
            service_day.links_tried,
            service_day.links_made,
            service_day.link_ms,
            service_day.migrations,
            service_day.migrations_made,
            service_day.migrations_in_time,
            0 AS sent,
            0 AS delivered,
            0 AS failed
           FROM service_day
        UNION ALL
         SELECT going_on.tenant_id,
            going_on.mode,
            going_on.day,
                CASE going_on.availability
                    WHEN 'up'::text THEN going_on.ms
                    ELSE (0)::bigint
                END AS "case",
                CASE going_on.availability
                    WHEN 'down'::text THEN going_on.ms
                    ELSE (0)::bigint
                END AS "case",
                CASE going_on.availability
                    WHEN 'excused'::text THEN going_on.ms
                    ELSE (0)::bigint
                END AS "case",
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0
           FROM ( SELECT s.tenant_id,
                    s.mode,
                    s.availability,
                    (d.day)::date AS day,
                    (GREATEST((0)::numeric, (EXTRACT(epoch FROM (LEAST(now(), ((d.day + '1 day'::interval) AT TIME ZONE 'UTC'::text)) - GREATEST(s.availability_since, (d.day AT TIME ZONE 'UTC'::text)))) * (1000)::numeric)))::bigint AS ms
                   FROM (session_view s
                     CROSS JOIN LATERAL generate_series(date_trunc('day'::text, (GREATEST(s.availability_since, (now() - '400 days'::interval)) AT TIME ZONE 'UTC'::text)), (now() AT TIME ZONE 'UTC'::text), '1 day'::interval) d(day))
                  WHERE (s.availability IS NOT NULL)) going_on
        UNION ALL
         SELECT usage_day.tenant_id,
            usage_day.mode,
            usage_day.day,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            usage_day.sent,
            usage_day.delivered,
            usage_day.failed
           FROM usage_day) figures
  GROUP BY tenant_id, mode, day;

CREATE OR REPLACE FUNCTION public.business_month(first_month date, last_month date, as_of timestamp with time zone)
 RETURNS TABLE(month date, mrr_cents double precision, basic double precision, pro double precision, max double precision, enterprise double precision, paying double precision, unpriced double precision, new_accounts double precision, paid_in_30_days double precision, linked double precision, sent double precision, paid double precision, upgrades double precision, downgrades double precision, paying_before double precision, lost double precision, mrr_cents_before double precision, mrr_cents_lost double precision)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
  WITH month AS (
    SELECT m AS began, least(m + interval '1 month', as_of) AS ended
      FROM generate_series(first_month::timestamptz, last_month::timestamptz, interval '1 month') m WHERE m < as_of
  ), account AS ( -- before: just before the month; after: at its end. Null when there was no such account.
    SELECT month.began, tenant_id, max(plan) FILTER (WHERE is_after) AS plan,
      max(coalesce(price_cents, 0)) FILTER (WHERE is_before) AS cents_before,
      max(coalesce(price_cents, 0)) FILTER (WHERE is_after) AS cents_after,
      bool_or(price_cents IS NULL) FILTER (WHERE is_after) AS is_unpriced
    FROM month JOIN plan_term t ON t.began_at < month.ended AND (t.ended_at IS NULL OR t.ended_at >= month.began)
      CROSS JOIN LATERAL (SELECT t.began_at < month.began AS is_before,
        t.ended_at IS NULL OR t.ended_at >= month.ended AS is_after) held
    GROUP BY month.began, tenant_id
  ), held AS (
    SELECT began, sum(cents_after) AS mrr_cents,
      count(*) FILTER (WHERE plan = 'basic') AS basic, count(*) FILTER (WHERE plan = 'pro') AS pro,
      count(*) FILTER (WHERE plan = 'max') AS max, count(*) FILTER (WHERE plan = 'enterprise') AS enterprise,
      count(*) FILTER (WHERE cents_after > 0) AS paying, count(*) FILTER (WHERE is_unpriced) AS unpriced,
      count(*) FILTER (WHERE cents_before > 0) AS paying_before,
      count(*) FILTER (WHERE cents_before > 0 AND coalesce(cents_after, 0) = 0) AS lost,
      sum(cents_before) AS mrr_cents_before,
      sum(greatest(cents_before - coalesce(cents_after, 0), 0)) AS mrr_cents_lost
    FROM account GROUP BY began
  ), started AS (
    SELECT began, count(*) AS new_accounts, count(*) FILTER (WHERE first_paid_at <= created_at + interval '30 days') AS paid_in_30_days,
      count(*) FILTER (WHERE has_linked) AS linked, count(first_sent_on) AS sent, count(first_paid_at) AS paid
    FROM month JOIN account_start ON created_at >= began AND created_at < ended GROUP BY began
  ), moved AS (
    SELECT began, count(*) FILTER (WHERE coalesce(price_cents, 0) > price_cents_before) AS upgrades,
      count(*) FILTER (WHERE coalesce(price_cents, 0) < price_cents_before) AS downgrades
    FROM month JOIN plan_term ON is_change AND began_at >= began AND began_at < ended GROUP BY began
  )
  SELECT began::date, coalesce(mrr_cents, 0), coalesce(basic, 0), coalesce(pro, 0), coalesce(max, 0), coalesce(enterprise, 0),
    coalesce(paying, 0), coalesce(unpriced, 0), coalesce(new_accounts, 0), coalesce(paid_in_30_days, 0), coalesce(linked, 0),
    coalesce(sent, 0), coalesce(paid, 0), coalesce(upgrades, 0), coalesce(downgrades, 0), coalesce(paying_before, 0),
    coalesce(lost, 0), coalesce(mrr_cents_before, 0), coalesce(mrr_cents_lost, 0)
  FROM month LEFT JOIN held USING (began) LEFT JOIN started USING (began) LEFT JOIN moved USING (began) ORDER BY began
$function$;

CREATE OR REPLACE FUNCTION public.current_search()
 RETURNS tsquery
 LANGUAGE sql
 STABLE PARALLEL SAFE
 SET search_path TO 'pg_catalog'
AS $function$
  SELECT nullif(current_setting('app.search', true), '')::tsquery
$function$;

CREATE OR REPLACE FUNCTION public.current_tenant_id()
 RETURNS text
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
 SET search_path TO 'pg_catalog'
AS $function$
DECLARE tenant text := current_setting('app.tenant_id');
BEGIN
  IF tenant = '' THEN
    RAISE EXCEPTION 'app.tenant_id is not set' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN tenant;
END $function$;

CREATE OR REPLACE FUNCTION public.drop_message_partition(before timestamp with time zone)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
 SET lock_timeout TO '2s'
AS $function$
DECLARE
  partition text;
BEGIN
  IF before > now() - interval '31 days' THEN
    RAISE EXCEPTION 'months that EVENTS may still tell of are not dropped';
  END IF;
  SELECT relname INTO partition FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'public.message_view'::regclass
      AND to_date(right(relname, 7), 'YYYY_MM') + interval '1 month' <= before
    ORDER BY relname LIMIT 1;
  IF partition IS NOT NULL THEN
    EXECUTE format('DROP TABLE IF EXISTS public.%I', 'message_words_' || right(partition, 7));
    EXECUTE format('DROP TABLE public.%I', partition);
  END IF;
  RETURN partition;
END $function$;

CREATE OR REPLACE FUNCTION public.ensure_message_partition(month timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
DECLARE
  first timestamptz := date_trunc('month', month);
  parent text;
  partition text;
  made boolean := false;
BEGIN
  FOREACH parent IN ARRAY ARRAY['message_view', 'message_words'] LOOP
    partition := parent || '_' || to_char(first, 'YYYY_MM');
    CONTINUE WHEN to_regclass('public.' || partition) IS NOT NULL;
    EXECUTE format('LOCK TABLE public.%I IN SHARE UPDATE EXCLUSIVE MODE', parent); -- what attaching takes: one creator at a time
    CONTINUE WHEN to_regclass('public.' || partition) IS NOT NULL;
    -- States change in place while no indexed column does, as long as the page has room; words do not change.
    EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING ALL) WITH (fillfactor = %s)',
                   partition, parent, CASE parent WHEN 'message_view' THEN 85 ELSE 100 END);
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', partition);
    EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                   parent, partition, first, first + interval '1 month');
    made := true;
  END LOOP;
  RETURN made;
END $function$;

CREATE OR REPLACE FUNCTION public.notify_webhook_endpoint()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
BEGIN
  PERFORM pg_notify('webhook_endpoint', NEW.tenant_id || '|' || NEW.endpoint_id);
  RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.refuse_audit_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('app.audit_removal', true) = 'prefix' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'the audit log is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $function$;

CREATE OR REPLACE FUNCTION public.remove_audit_prefix(tenant text, through bigint)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  last record;
  removed bigint;
BEGIN
  SELECT number, hash INTO last FROM public.audit_entry
    WHERE tenant_id = tenant AND number <= through ORDER BY number DESC LIMIT 1;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  INSERT INTO public.audit_anchor AS anchor (tenant_id, number, hash) VALUES (tenant, last.number, last.hash)
    ON CONFLICT (tenant_id) DO UPDATE SET number = excluded.number, hash = excluded.hash, removed_at = now()
    WHERE anchor.number < excluded.number;
  PERFORM set_config('app.audit_removal', 'prefix', true);
  DELETE FROM public.audit_entry WHERE tenant_id = tenant AND number <= last.number;
  GET DIAGNOSTICS removed = ROW_COUNT;
  PERFORM set_config('app.audit_removal', '', true);
  RETURN removed;
END $function$;

CREATE OR REPLACE FUNCTION public.service_levels_by_tenant(first_day date, last_day date)
 RETURNS TABLE(tenant_id text, up_ms double precision, down_ms double precision, excused_ms double precision, links_tried double precision, links_made double precision, link_ms double precision, migrations double precision, migrations_made double precision, migrations_in_time double precision, sent double precision, delivered double precision, failed double precision)
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
DECLARE
  one text;
BEGIN
  FOR one IN SELECT t.tenant_id FROM public.tenant t WHERE t.erased_at IS NULL AND NOT t.operators ORDER BY t.tenant_id LOOP
    PERFORM set_config('app.tenant_id', one, true);
    RETURN QUERY
      SELECT one, sum(v.up_ms), sum(v.down_ms), sum(v.excused_ms), sum(v.links_tried), sum(v.links_made), sum(v.link_ms),
        sum(v.migrations), sum(v.migrations_made), sum(v.migrations_in_time), sum(v.sent), sum(v.delivered), sum(v.failed)
      FROM public.service_level_day v
      WHERE v.tenant_id = one AND v.mode = 'live' AND v.day BETWEEN first_day AND last_day
      HAVING count(*) > 0;
  END LOOP;
  PERFORM set_config('app.tenant_id', '', true);
END $function$;

CREATE OR REPLACE FUNCTION public.tend_request_log(keep_days integer)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
 SET lock_timeout TO '2s'
AS $function$
DECLARE
  day date;
  partition text;
BEGIN
  IF keep_days < 1 THEN
    RAISE EXCEPTION 'the log is kept for a day at least';
  END IF;
  FOR day IN SELECT current_date + n FROM generate_series(0, 2) AS n LOOP
    partition := 'request_log_' || to_char(day, 'YYYY_MM_DD');
    CONTINUE WHEN to_regclass('public.' || partition) IS NOT NULL;
    LOCK TABLE public.request_log IN SHARE UPDATE EXCLUSIVE MODE; -- what attaching takes: one creator at a time
    CONTINUE WHEN to_regclass('public.' || partition) IS NOT NULL;
    EXECUTE format('CREATE TABLE public.%I (LIKE public.request_log INCLUDING ALL)', partition);
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', partition);
    EXECUTE format('ALTER TABLE public.request_log ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                   partition, day, day + 1);
  END LOOP;
  FOR partition IN SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'public.request_log'::regclass AND relname ~ '^request_log_\d{4}_\d\d_\d\d$'
      AND to_date(right(relname, 10), 'YYYY_MM_DD') < current_date - keep_days ORDER BY relname LOOP
    EXECUTE format('DROP TABLE public.%I', partition);
  END LOOP;
END $function$;
