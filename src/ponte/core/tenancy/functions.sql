-- Functions that let the application's role create and drop workspaces without DDL rights of its own.
-- They run as their owner and accept only names of workspaces' schemas.

CREATE OR REPLACE FUNCTION public.ponte_check_workspace_name(name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF name !~ '^ws_[a-z0-9_]{1,50}$' THEN
    RAISE EXCEPTION 'not a workspace schema: %', name USING ERRCODE = 'invalid_schema_name';
  END IF;
END $$;

-- What the application may do in a workspace: rows, never tables.
CREATE OR REPLACE FUNCTION public.ponte_grant_workspace(target text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF to_regrole('ponte_app') IS NOT NULL THEN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO ponte_app', target);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ponte_app', target);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT USAGE, SELECT ON SEQUENCES TO ponte_app', target);
  END IF;
END $$;

-- The audit log and the access log take new rows and nothing else.
CREATE OR REPLACE FUNCTION public.ponte_protect_logs(target text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF to_regrole('ponte_app') IS NOT NULL THEN
    EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I.core_auditentry, %I.core_accessentry FROM ponte_app', target, target);
  END IF;
END $$;

-- Proof (of consent, of what was offered and accepted) is only ever added: a row may follow its customer in a merge and lose a member who is gone, and it
-- goes away with a customer in the bin (or of the demo). A trigger, so that it holds for the tables' owner too.
CREATE OR REPLACE FUNCTION public.ponte_keep_proof() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  living boolean;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF to_jsonb(OLD) - '{party_id,member_id,updated_at}'::text[] IS DISTINCT FROM to_jsonb(NEW) - '{party_id,member_id,updated_at}'::text[] THEN
      RAISE EXCEPTION 'proof is never changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  EXECUTE format('SELECT deleted_at IS NULL AND NOT is_demo FROM %I.directory_party WHERE id = $1', TG_TABLE_SCHEMA)
    INTO living USING OLD.party_id;
  IF living THEN
    RAISE EXCEPTION 'proof is never deleted' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN OLD;
END $$;

-- An approved statement of commissions stays as it was approved; it may lose the member who approved it, and goes away with a plan of the demo.
CREATE OR REPLACE FUNCTION public.ponte_keep_statement() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  demo boolean;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF to_jsonb(OLD) - '{approved_by_id,updated_at}'::text[] IS DISTINCT FROM to_jsonb(NEW) - '{approved_by_id,updated_at}'::text[]
      OR (NEW.approved_by_id IS NOT NULL AND NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id) THEN
      RAISE EXCEPTION 'an approved statement is never changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  EXECUTE format('SELECT is_demo FROM %I.sales_commissionplan WHERE id = $1', TG_TABLE_SCHEMA) INTO demo USING OLD.plan_id;
  IF demo IS NOT TRUE THEN
    RAISE EXCEPTION 'an approved statement is never deleted' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN OLD;
END $$;

-- What hangs on a customer points at one that is there. These take the place of foreign keys where rows come by the million
-- (ADR 0017): a foreign key asks for each row by itself, a quarter of what an import cost. The customers are locked as a
-- foreign key locks them, so one that is being deleted is waited for.
CREATE OR REPLACE FUNCTION public.ponte_parties_there() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  given bigint;
  there bigint;
BEGIN
  IF current_schema() = TG_TABLE_SCHEMA THEN  -- planned once a session; needs the path that every scope sets
    PERFORM FROM directory_party WHERE id = ANY (ARRAY(SELECT party_id FROM new_rows)) FOR KEY SHARE;
    GET DIAGNOSTICS there = ROW_COUNT;
  ELSE
    EXECUTE format('SELECT FROM %I.directory_party WHERE id = ANY (ARRAY(SELECT party_id FROM new_rows)) FOR KEY SHARE', TG_TABLE_SCHEMA);
    GET DIAGNOSTICS there = ROW_COUNT;
  END IF;
  SELECT count(*) INTO given FROM new_rows;
  IF there <> given THEN  -- several of one customer
    SELECT count(DISTINCT party_id) INTO given FROM new_rows;
  END IF;
  IF there <> given THEN
    RAISE EXCEPTION 'a row of % belongs to a customer who is not there', TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;

-- The same for a row that goes over to another customer.
CREATE OR REPLACE FUNCTION public.ponte_party_there() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  found_id uuid;
BEGIN
  EXECUTE format('SELECT id FROM %I.directory_party WHERE id = $1 FOR KEY SHARE', TG_TABLE_SCHEMA) INTO found_id USING NEW.party_id;
  IF found_id IS NULL THEN
    RAISE EXCEPTION 'a row of % belongs to a customer who is not there', TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;

-- And from the other side: a customer is deleted after all that hangs on them. The arguments are the tables.
CREATE OR REPLACE FUNCTION public.ponte_nothing_left() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  name text;
  is_left boolean;
BEGIN
  FOREACH name IN ARRAY TG_ARGV LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM old_rows JOIN %I.%I AS own ON own.party_id = old_rows.id)', TG_TABLE_SCHEMA, name)
      INTO is_left;
    IF is_left THEN
      RAISE EXCEPTION 'a customer still has rows in %', name USING ERRCODE = 'foreign_key_violation';
    END IF;
  END LOOP;
  RETURN NULL;
END $$;

-- What stands open in each stage of a pipeline, by salesperson: each statement adds the difference it made, so that nobody
-- waits for anybody. Customers in the bin don't count.
CREATE OR REPLACE FUNCTION public.ponte_count_deals() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  parts text := '';
BEGIN
  IF TG_OP <> 'DELETE' THEN
    parts := 'SELECT stage_id, owner_id, party_id, 1 AS n, amount, monthly FROM new_rows WHERE status = ''open'' AND deleted_at IS NULL';
  END IF;
  IF TG_OP <> 'INSERT' THEN
    parts := parts || CASE WHEN parts <> '' THEN ' UNION ALL ' ELSE '' END ||
      'SELECT stage_id, owner_id, party_id, -1 AS n, -amount AS amount, -monthly AS monthly FROM old_rows WHERE status = ''open'' AND deleted_at IS NULL';
  END IF;
  EXECUTE format('INSERT INTO %1$I.sales_stagetotal (stage_id, owner_id, deals, amount, monthly)
    SELECT r.stage_id, r.owner_id, sum(r.n), sum(r.amount), sum(r.monthly) FROM (%2$s) AS r
    JOIN %1$I.directory_party p ON p.id = r.party_id AND p.deleted_at IS NULL
    GROUP BY 1, 2 HAVING sum(r.n) <> 0 OR sum(r.amount) <> 0 OR sum(r.monthly) <> 0', TG_TABLE_SCHEMA, parts);
  RETURN NULL;
END $$;

-- A customer goes into the bin or comes back: so do their deals, as far as totals are concerned.
CREATE OR REPLACE FUNCTION public.ponte_count_deals_of_party() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL) THEN
    EXECUTE format('INSERT INTO %1$I.sales_stagetotal (stage_id, owner_id, deals, amount, monthly)
      SELECT stage_id, owner_id, $2 * count(*), $2 * sum(amount), $2 * sum(monthly) FROM %1$I.sales_opportunity
      WHERE party_id = $1 AND status = ''open'' AND deleted_at IS NULL GROUP BY 1, 2', TG_TABLE_SCHEMA)
      USING NEW.id, CASE WHEN NEW.deleted_at IS NULL THEN 1 ELSE -1 END;
  END IF;
  RETURN NULL;
END $$;

-- What is expected to close in each month, by forecast category, pipeline and salesperson; kept in the same way.
CREATE OR REPLACE FUNCTION public.ponte_count_closes() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  parts text := '';
  columns text := 'date_trunc(''month'', expected_close)::date AS month, category, pipeline_id, owner_id, party_id';
BEGIN
  IF TG_OP <> 'DELETE' THEN
    parts := format('SELECT %s, 1 AS n, amount, monthly FROM new_rows WHERE status = ''open'' AND deleted_at IS NULL', columns);
  END IF;
  IF TG_OP <> 'INSERT' THEN
    parts := parts || CASE WHEN parts <> '' THEN ' UNION ALL ' ELSE '' END ||
      format('SELECT %s, -1 AS n, -amount AS amount, -monthly AS monthly FROM old_rows WHERE status = ''open'' AND deleted_at IS NULL', columns);
  END IF;
  EXECUTE format('INSERT INTO %1$I.sales_closetotal (month, category, pipeline_id, owner_id, deals, amount, monthly)
    SELECT r.month, r.category, r.pipeline_id, r.owner_id, sum(r.n), sum(r.amount), sum(r.monthly) FROM (%2$s) AS r
    JOIN %1$I.directory_party p ON p.id = r.party_id AND p.deleted_at IS NULL
    GROUP BY 1, 2, 3, 4 HAVING sum(r.n) <> 0 OR sum(r.amount) <> 0 OR sum(r.monthly) <> 0', TG_TABLE_SCHEMA, parts);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION public.ponte_count_closes_of_party() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL) THEN
    EXECUTE format('INSERT INTO %1$I.sales_closetotal (month, category, pipeline_id, owner_id, deals, amount, monthly)
      SELECT date_trunc(''month'', expected_close)::date, category, pipeline_id, owner_id, $2 * count(*), $2 * sum(amount), $2 * sum(monthly)
      FROM %1$I.sales_opportunity WHERE party_id = $1 AND status = ''open'' AND deleted_at IS NULL GROUP BY 1, 2, 3, 4', TG_TABLE_SCHEMA)
      USING NEW.id, CASE WHEN NEW.deleted_at IS NULL THEN 1 ELSE -1 END;
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION public.ponte_clone_workspace(source text, target text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  item record;
BEGIN
  PERFORM public.ponte_check_workspace_name(source);
  PERFORM public.ponte_check_workspace_name(target);
  EXECUTE format('CREATE SCHEMA %I', target);
  PERFORM public.ponte_grant_workspace(target);

  -- Tables with their columns, defaults, identities, generated columns, checks and storage. Indexes and keys come
  -- below by definition, because LIKE would rename them and a later migration could not find them.
  FOR item IN
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = to_regnamespace(source) AND c.relkind = 'r' ORDER BY c.oid
  LOOP
    EXECUTE format('CREATE TABLE %I.%I (LIKE %I.%I INCLUDING ALL EXCLUDING INDEXES)',
                   target, item.relname, source, item.relname);
  END LOOP;

  -- Definitions print without a schema when their tables are visible: read them in the source, run them in the target.
  CREATE TEMP TABLE ponte_clone_steps (step int, command text) ON COMMIT DROP;
  PERFORM set_config('search_path', quote_ident(source), true);
  INSERT INTO pg_temp.ponte_clone_steps
    SELECT CASE WHEN k.contype = 'f' THEN 4 ELSE 1 END,
           format('ALTER TABLE %I ADD CONSTRAINT %I %s', c.relname, k.conname, pg_get_constraintdef(k.oid))
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE c.relnamespace = to_regnamespace(source) AND k.contype IN ('p', 'u', 'x', 'f');
  INSERT INTO pg_temp.ponte_clone_steps
    SELECT 2, replace(pg_get_indexdef(i.indexrelid), format(' ON %I.', source), ' ON ')
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    WHERE c.relnamespace = to_regnamespace(source) AND c.relkind = 'r'
      AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'));
  INSERT INTO pg_temp.ponte_clone_steps
    SELECT 3, replace(pg_get_triggerdef(t.oid), format(' ON %I.', source), ' ON ')
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = to_regnamespace(source) AND NOT t.tgisinternal;
  -- LIKE copies statistics targets but not extended storage options set later; fillfactor and the like follow here.
  INSERT INTO pg_temp.ponte_clone_steps
    SELECT 0, format('ALTER TABLE %I SET (%s)', c.relname, array_to_string(c.reloptions, ', '))
    FROM pg_class c
    WHERE c.relnamespace = to_regnamespace(source) AND c.relkind = 'r' AND c.reloptions IS NOT NULL;

  PERFORM set_config('search_path', quote_ident(target), true);
  FOR item IN SELECT command FROM pg_temp.ponte_clone_steps ORDER BY step LOOP
    EXECUTE item.command;
  END LOOP;
  EXECUTE format('INSERT INTO %I.django_migrations (app, name, applied) SELECT app, name, applied FROM %I.django_migrations ORDER BY id',
                 target, source);
  PERFORM public.ponte_protect_logs(target);
  DROP TABLE pg_temp.ponte_clone_steps;
END $$;

CREATE OR REPLACE FUNCTION public.ponte_drop_workspace(target text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  PERFORM public.ponte_check_workspace_name(target);
  IF target = 'ws_template' THEN
    RAISE EXCEPTION 'the template is not a workspace' USING ERRCODE = 'invalid_schema_name';
  END IF;
  EXECUTE format('DROP SCHEMA IF EXISTS %I CASCADE', target);
END $$;

DO $$
BEGIN
  REVOKE ALL ON FUNCTION public.ponte_clone_workspace(text, text), public.ponte_drop_workspace(text),
    public.ponte_grant_workspace(text), public.ponte_protect_logs(text) FROM PUBLIC;
  IF to_regrole('ponte_app') IS NOT NULL THEN
    GRANT EXECUTE ON FUNCTION public.ponte_clone_workspace(text, text), public.ponte_drop_workspace(text) TO ponte_app;
  END IF;
END $$;
