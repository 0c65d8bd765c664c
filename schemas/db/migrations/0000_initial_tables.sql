CREATE TABLE "api_key" (
	"tenant_id" text NOT NULL,
	"key_id" text NOT NULL,
	"name" text,
	"mode" text NOT NULL,
	"secret_hash" text NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "api_key_tenant_id_key_id_pk" PRIMARY KEY("tenant_id","key_id")
);
--> statement-breakpoint
CREATE TABLE "chat_view" (
	"tenant_id" text NOT NULL,
	"chat_id" text NOT NULL,
	"session_id" text NOT NULL,
	"mode" text NOT NULL,
	"phone" text,
	"lid" text,
	"name" text,
	"last_message_id" text NOT NULL,
	"last_message_at" timestamp with time zone NOT NULL,
	"unread_count" integer NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"first_stream_seq" bigint NOT NULL,
	"stream_seq" bigint NOT NULL,
	CONSTRAINT "chat_view_tenant_id_chat_id_pk" PRIMARY KEY("tenant_id","chat_id")
);
--> statement-breakpoint
CREATE TABLE "message_view" (
	"tenant_id" text NOT NULL,
	"message_id" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"session_id" text NOT NULL,
	"chat_id" text NOT NULL,
	"direction" text NOT NULL,
	"chat_phone" text,
	"chat_lid" text,
	"from_phone" text,
	"from_lid" text,
	"type" text NOT NULL,
	"content" jsonb NOT NULL,
	"state" text NOT NULL,
	"wa_message_id" text,
	"error_code" text,
	"error_detail" text,
	"accepted_at" timestamp with time zone,
	"sent_at" timestamp with time zone,
	"delivered_at" timestamp with time zone,
	"read_at" timestamp with time zone,
	"played_at" timestamp with time zone,
	"failed_at" timestamp with time zone,
	"stream_seq" bigint NOT NULL,
	CONSTRAINT "message_view_tenant_id_message_id_created_at_pk" PRIMARY KEY("tenant_id","message_id","created_at")
) PARTITION BY RANGE ("created_at");
--> statement-breakpoint
CREATE TABLE "projector_checkpoint" (
	"consumer" text PRIMARY KEY NOT NULL,
	"stream_seq" bigint NOT NULL,
	"event_stored_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "session_view" (
	"tenant_id" text NOT NULL,
	"session_id" text NOT NULL,
	"name" text,
	"mode" text NOT NULL,
	"status" text NOT NULL,
	"reason" text,
	"account_phone" text,
	"account_lid" text,
	"created_at" timestamp with time zone NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone,
	"sequence" bigint NOT NULL,
	"first_stream_seq" bigint NOT NULL,
	"stream_seq" bigint NOT NULL,
	CONSTRAINT "session_view_tenant_id_session_id_pk" PRIMARY KEY("tenant_id","session_id")
);
--> statement-breakpoint
CREATE TABLE "tenant" (
	"tenant_id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"live_session_limit" integer NOT NULL,
	"sandbox_session_limit" integer NOT NULL,
	"sandbox_phone_limit" integer NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "delivery_attempt" (
	"tenant_id" text NOT NULL,
	"delivery_id" text NOT NULL,
	"attempt" smallint NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"duration_ms" integer NOT NULL,
	"status_code" integer,
	"error" text,
	CONSTRAINT "delivery_attempt_tenant_id_delivery_id_attempt_pk" PRIMARY KEY("tenant_id","delivery_id","attempt")
);
--> statement-breakpoint
CREATE TABLE "webhook_delivery" (
	"tenant_id" text NOT NULL,
	"delivery_id" text NOT NULL,
	"endpoint_id" text NOT NULL,
	"event_id" text NOT NULL,
	"event_type" text NOT NULL,
	"session_id" text NOT NULL,
	"stream_seq" bigint NOT NULL,
	"body" text NOT NULL,
	"status" text NOT NULL,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"last_status_code" integer,
	"last_error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"settled_at" timestamp with time zone,
	CONSTRAINT "webhook_delivery_tenant_id_delivery_id_pk" PRIMARY KEY("tenant_id","delivery_id")
);
--> statement-breakpoint
CREATE TABLE "webhook_endpoint" (
	"tenant_id" text NOT NULL,
	"endpoint_id" text NOT NULL,
	"url" text NOT NULL,
	"description" text,
	"mode" text NOT NULL,
	"event_types" text[] NOT NULL,
	"secret_iv" "bytea" NOT NULL,
	"secret_ciphertext" "bytea" NOT NULL,
	"secret_tag" "bytea" NOT NULL,
	"secret_kek_id" text NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"disabled_reason" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp with time zone,
	CONSTRAINT "webhook_endpoint_tenant_id_endpoint_id_pk" PRIMARY KEY("tenant_id","endpoint_id")
);
--> statement-breakpoint
CREATE TABLE "webhook_session" (
	"tenant_id" text NOT NULL,
	"session_id" text NOT NULL,
	"mode" text NOT NULL,
	CONSTRAINT "webhook_session_tenant_id_session_id_pk" PRIMARY KEY("tenant_id","session_id")
);
--> statement-breakpoint
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_tenant_id_tenant_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenant"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_endpoint" ADD CONSTRAINT "webhook_endpoint_tenant_id_tenant_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenant"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "api_key_newest" ON "api_key" USING btree ("tenant_id","created_at" desc,"key_id" desc);--> statement-breakpoint
CREATE UNIQUE INDEX "chat_view_phone" ON "chat_view" USING btree ("tenant_id","session_id","phone") WHERE "chat_view"."phone" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "chat_view_lid" ON "chat_view" USING btree ("tenant_id","session_id","lid") WHERE "chat_view"."lid" is not null;--> statement-breakpoint
CREATE INDEX "chat_view_latest" ON "chat_view" USING btree ("tenant_id","mode","last_message_at" desc,"chat_id" desc);--> statement-breakpoint
CREATE INDEX "chat_view_latest_of_session" ON "chat_view" USING btree ("tenant_id","session_id","last_message_at" desc,"chat_id" desc);--> statement-breakpoint
CREATE INDEX "message_view_of_session" ON "message_view" USING btree ("tenant_id","session_id","created_at" desc,"message_id" desc);--> statement-breakpoint
CREATE INDEX "message_view_of_chat" ON "message_view" USING btree ("tenant_id","chat_id","created_at" desc,"message_id" desc);--> statement-breakpoint
CREATE INDEX "message_view_wa_message_id" ON "message_view" USING btree ("tenant_id","session_id","wa_message_id");--> statement-breakpoint
CREATE INDEX "session_view_newest" ON "session_view" USING btree ("tenant_id","mode","created_at" desc,"session_id" desc);--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_delivery_event" ON "webhook_delivery" USING btree ("tenant_id","endpoint_id","event_id");--> statement-breakpoint
CREATE INDEX "webhook_delivery_newest" ON "webhook_delivery" USING btree ("tenant_id","endpoint_id","created_at" desc,"delivery_id" desc);--> statement-breakpoint
CREATE INDEX "webhook_delivery_due" ON "webhook_delivery" USING btree ("tenant_id","endpoint_id","next_attempt_at") WHERE "webhook_delivery"."status" = 'pending';--> statement-breakpoint
CREATE INDEX "webhook_endpoint_newest" ON "webhook_endpoint" USING btree ("tenant_id","mode","created_at" desc,"endpoint_id" desc);