"""What hangs on a customer is held by triggers that look at a whole statement, not by a foreign key for each row (ADR 0017)."""

from django.db import migrations, models
from django.db.models.deletion import CASCADE

HELD = (
    "person", "company", "partyfacts", "partysearch", "stagechange", "partyemail", "partyphone", "partyaddress",
    "socialhandle", "partytag", "identity",
)  # fmt: skip
OF_ONE = {"person": "person", "company": "company", "partyfacts": "facts", "partysearch": "findable"}
OF_MANY = {"partyaddress": "addresses", "identity": "identities"}
OF_MANY_OTHERWISE_INDEXED = {
    "stagechange": "stage_changes", "partyemail": "emails", "partyphone": "phones", "socialhandle": "handles", "partytag": "tag_links",
}  # fmt: skip

# the functions are installed before any workspace is migrated (core/tenancy/functions.sql)
HOLD = "".join(
    f"""
CREATE TRIGGER party_there AFTER INSERT ON directory_{name} REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION public.ponte_parties_there();
CREATE TRIGGER party_there_still AFTER UPDATE OF party_id ON directory_{name}
FOR EACH ROW WHEN (OLD.party_id IS DISTINCT FROM NEW.party_id) EXECUTE FUNCTION public.ponte_party_there();
"""
    for name in HELD
)
TABLES = ", ".join(f"'directory_{name}'" for name in HELD)
HOLD += f"""
CREATE TRIGGER party_nothing_left AFTER DELETE ON directory_party REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION public.ponte_nothing_left({TABLES});
"""
# whatever a foreign key is called where it was made
LET_GO = f"""
DO $$
DECLARE
  item record;
BEGIN
  FOR item IN
    SELECT k.conname, c.relname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE k.contype = 'f' AND k.confrelid = 'directory_party'::regclass AND c.relnamespace = current_schema()::regnamespace
      AND c.relname IN ({TABLES}) AND k.conkey = ARRAY[(
        SELECT attnum FROM pg_attribute WHERE attrelid = c.oid AND attname = 'party_id')]
  LOOP
    EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', item.relname, item.conname);
  END LOOP;
END $$
"""
HOLD_AS_BEFORE = "".join(
    f"""
DROP TRIGGER party_there ON directory_{name};
DROP TRIGGER party_there_still ON directory_{name};
ALTER TABLE directory_{name} ADD FOREIGN KEY (party_id) REFERENCES directory_party (id) DEFERRABLE INITIALLY DEFERRED;
"""
    for name in HELD
)
HOLD_AS_BEFORE += "DROP TRIGGER party_nothing_left ON directory_party"


def loose(kind, **arguments):
    return kind(db_constraint=False, on_delete=CASCADE, to="directory.party", **arguments)


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_squashed_0010_words_apart")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(LET_GO, migrations.RunSQL.noop),
                migrations.RunSQL(HOLD, HOLD_AS_BEFORE),
            ],
            state_operations=[
                *(
                    migrations.AlterField(
                        name, "party", loose(models.OneToOneField, primary_key=True, related_name=related, serialize=False)
                    )
                    for name, related in OF_ONE.items()
                ),
                *(
                    migrations.AlterField(name, "party", loose(models.ForeignKey, related_name=related))
                    for name, related in OF_MANY.items()
                ),
                *(
                    migrations.AlterField(name, "party", loose(models.ForeignKey, db_index=False, related_name=related))
                    for name, related in OF_MANY_OTHERWISE_INDEXED.items()
                ),
            ],
        )
    ]
