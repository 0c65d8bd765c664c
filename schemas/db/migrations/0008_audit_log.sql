CREATE TABLE "audit_anchor" (
	"tenant_id" text PRIMARY KEY NOT NULL,
	"number" bigint NOT NULL,
	"hash" text NOT NULL,
	"removed_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_entry" (
	"tenant_id" text NOT NULL,
	"number" bigint NOT NULL,
	"entry_id" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text,
	"action" text NOT NULL,
	"targets" text[] NOT NULL,
	"mode" text,
	"request_id" text,
	"route" text,
	"address" text,
	"changes" jsonb NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "audit_entry_tenant_id_number_pk" PRIMARY KEY("tenant_id","number")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "audit_entry_id" ON "audit_entry" USING btree ("tenant_id","entry_id");--> statement-breakpoint
CREATE INDEX "audit_entry_of_actor" ON "audit_entry" USING btree ("tenant_id","actor_id","number" desc);--> statement-breakpoint
CREATE INDEX "audit_entry_of_action" ON "audit_entry" USING btree ("tenant_id","action","number" desc);--> statement-breakpoint
CREATE INDEX "audit_entry_of_target" ON "audit_entry" USING btree ("tenant_id",(targets[1]),"number" desc);--> statement-breakpoint
CREATE INDEX "audit_entry_of_second_target" ON "audit_entry" USING btree ("tenant_id",(targets[2]),"number" desc);--> statement-breakpoint
CREATE INDEX "audit_entry_at" ON "audit_entry" USING btree ("tenant_id","at" desc);--> statement-breakpoint

-- The projector adds, the gateway reads one tenant's rows, the owner removes by remove_audit_prefix.
GRANT SELECT, INSERT ON audit_entry TO wagate_projector;
--> statement-breakpoint
GRANT SELECT ON audit_anchor TO wagate_projector;
--> statement-breakpoint
GRANT SELECT ON audit_entry, audit_anchor TO wagate_api;
--> statement-breakpoint
ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE audit_anchor ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY one_tenant ON audit_entry FOR SELECT TO wagate_api USING (tenant_id = current_tenant_id());
--> statement-breakpoint
CREATE POLICY one_tenant ON audit_anchor FOR SELECT TO wagate_api USING (tenant_id = current_tenant_id());
--> statement-breakpoint
CREATE POLICY all_tenants ON audit_entry FOR SELECT TO wagate_projector USING (true);
--> statement-breakpoint
CREATE POLICY additions ON audit_entry FOR INSERT TO wagate_projector WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY all_tenants ON audit_anchor FOR SELECT TO wagate_projector USING (true);
--> statement-breakpoint
CREATE POLICY removal ON audit_entry TO wagate_owner USING (true) WITH CHECK (false);
--> statement-breakpoint
CREATE POLICY removal ON audit_anchor TO wagate_owner USING (true) WITH CHECK (true);
--> statement-breakpoint

-- Holds for every role, superusers included: rights can be granted by mistake, a trigger must be removed on purpose.
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('app.audit_removal', true) = 'prefix' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'the audit log is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
--> statement-breakpoint

-- Removes a tenant's entries up to that number, when their time is over, and keeps the number and hash at which the chain goes on.
-- Returns how many it removed. Nobody may call it but the owner, until there is a service for retention.
CREATE FUNCTION remove_audit_prefix(tenant text, through bigint) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION remove_audit_prefix(text, bigint) FROM PUBLIC;
