CREATE TABLE "quick_reply" (
	"tenant_id" text NOT NULL,
	"reply_id" text NOT NULL,
	"shortcut" text NOT NULL,
	"text" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "quick_reply_tenant_id_reply_id_pk" PRIMARY KEY("tenant_id","reply_id")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "quick_reply_shortcut" ON "quick_reply" USING btree ("tenant_id","shortcut");
--> statement-breakpoint

ALTER TABLE quick_reply ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY one_tenant ON quick_reply TO wagate_api
  USING (tenant_id = current_tenant_id()) WITH CHECK (tenant_id = current_tenant_id());
--> statement-breakpoint
CREATE POLICY keeper ON quick_reply TO wagate_keeper USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON quick_reply TO wagate_api;
--> statement-breakpoint
GRANT SELECT, DELETE ON quick_reply TO wagate_keeper;
--> statement-breakpoint
COMMENT ON TABLE quick_reply IS 'Texts that a team keeps at hand. Written by gateways';
