CREATE TABLE "chat_desk" (
	"tenant_id" text NOT NULL,
	"chat_id" text NOT NULL,
	"session_id" text NOT NULL,
	"mode" text NOT NULL,
	"assignee_id" text,
	"read_to_at" timestamp with time zone,
	"read_to_id" text,
	"read_at" timestamp with time zone,
	"read_to_seq" bigint,
	CONSTRAINT "chat_desk_tenant_id_chat_id_pk" PRIMARY KEY("tenant_id","chat_id")
);
--> statement-breakpoint
CREATE INDEX "chat_desk_assignee" ON "chat_desk" USING btree ("tenant_id","assignee_id","mode") WHERE "chat_desk"."assignee_id" is not null;--> statement-breakpoint
CREATE INDEX "chat_view_unread" ON "chat_view" USING btree ("tenant_id","mode","last_message_at" desc,"chat_id" desc) WHERE "chat_view"."unread_count" > 0;
--> statement-breakpoint

-- Whoever leaves takes care of nothing any more, however the membership ends: only the assignee is set to null, which Drizzle cannot say.
ALTER TABLE chat_desk ADD CONSTRAINT chat_desk_assignee_is_member FOREIGN KEY (tenant_id, assignee_id)
  REFERENCES member (tenant_id, person_id) ON DELETE SET NULL (assignee_id);
--> statement-breakpoint
ALTER TABLE chat_desk ADD CONSTRAINT chat_desk_read_whole CHECK (num_nulls(read_to_at, read_to_id, read_at) IN (0, 3));
--> statement-breakpoint
ALTER TABLE chat_desk ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY one_tenant ON chat_desk TO wagate_api
  USING (tenant_id = current_tenant_id()) WITH CHECK (tenant_id = current_tenant_id());
--> statement-breakpoint
CREATE POLICY all_tenants ON chat_desk TO wagate_projector USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY keeper ON chat_desk TO wagate_keeper USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON chat_desk TO wagate_api;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON chat_desk TO wagate_projector;
--> statement-breakpoint
GRANT SELECT, DELETE ON chat_desk TO wagate_keeper;
--> statement-breakpoint
COMMENT ON TABLE chat_desk IS 'Who takes care of a chat, and how far it was read. Written by gateways; the projector takes it along when chats merge';
