-- Who may see and write what. Every table with a tenant_id has row-level security, forced, so that it holds for the owner
-- too; the account tables are the exception and say so in their comments. The roles exist before the migrations run.

-- The tenant that the transaction acts for. An error when it was not set, or when the setting of an earlier transaction
-- on the same connection has lapsed to '' (a forgotten SET LOCAL must never read as "no rows").
CREATE FUNCTION current_tenant_id() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE tenant text := current_setting('app.tenant_id');
BEGIN
  IF tenant = '' THEN
    RAISE EXCEPTION 'app.tenant_id is not set' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN tenant;
END $$;
--> statement-breakpoint
GRANT USAGE ON SCHEMA public TO wagate_api, wagate_projector, wagate_webhooks;
--> statement-breakpoint
COMMENT ON TABLE tenant IS 'Exempt from row-level security: it is read before the tenant of a request is known.';
--> statement-breakpoint
COMMENT ON TABLE api_key IS 'Exempt from row-level security: the reconciler of the KV mirror reads every tenant''s keys.';
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON tenant, api_key TO wagate_api;
--> statement-breakpoint

-- Control: the gateway writes, the webhooks service reads all tenants' endpoints and may disable one.
GRANT SELECT, INSERT, UPDATE ON webhook_endpoint TO wagate_api;
--> statement-breakpoint
GRANT SELECT, UPDATE (enabled, disabled_reason, updated_at) ON webhook_endpoint TO wagate_webhooks;
--> statement-breakpoint
ALTER TABLE webhook_endpoint ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY one_tenant ON webhook_endpoint TO wagate_api
  USING (tenant_id = current_tenant_id()) WITH CHECK (tenant_id = current_tenant_id());
--> statement-breakpoint
CREATE POLICY all_tenants ON webhook_endpoint TO wagate_webhooks USING (true) WITH CHECK (true);
--> statement-breakpoint

-- Read models: the projector writes, the gateway reads one tenant's rows.
GRANT SELECT ON session_view, message_view, chat_view TO wagate_api;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON session_view, message_view, chat_view, projector_checkpoint TO wagate_projector;
--> statement-breakpoint
ALTER TABLE session_view ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE message_view ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE chat_view ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY one_tenant ON session_view FOR SELECT TO wagate_api USING (tenant_id = current_tenant_id());
--> statement-breakpoint
CREATE POLICY one_tenant ON message_view FOR SELECT TO wagate_api USING (tenant_id = current_tenant_id());
--> statement-breakpoint
CREATE POLICY one_tenant ON chat_view FOR SELECT TO wagate_api USING (tenant_id = current_tenant_id());
--> statement-breakpoint
CREATE POLICY all_tenants ON session_view TO wagate_projector USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY all_tenants ON message_view TO wagate_projector USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY all_tenants ON chat_view TO wagate_projector USING (true) WITH CHECK (true);
--> statement-breakpoint

-- Deliveries: the webhooks service writes, the gateway reads one tenant's rows.
GRANT SELECT ON webhook_delivery, delivery_attempt TO wagate_api;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_delivery, delivery_attempt, webhook_session TO wagate_webhooks;
--> statement-breakpoint
ALTER TABLE webhook_delivery ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE delivery_attempt ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE webhook_session ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY one_tenant ON webhook_delivery FOR SELECT TO wagate_api USING (tenant_id = current_tenant_id());
--> statement-breakpoint
CREATE POLICY one_tenant ON delivery_attempt FOR SELECT TO wagate_api USING (tenant_id = current_tenant_id());
--> statement-breakpoint
CREATE POLICY all_tenants ON webhook_delivery TO wagate_webhooks USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY all_tenants ON delivery_attempt TO wagate_webhooks USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY all_tenants ON webhook_session TO wagate_webhooks USING (true) WITH CHECK (true);
