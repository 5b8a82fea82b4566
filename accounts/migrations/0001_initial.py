import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('site_id', models.CharField(max_length=50, verbose_name='sign-in name')),
                ('nickname', models.CharField(max_length=50, verbose_name='nickname')),
                ('phone_number', models.CharField(blank=True, max_length=15, null=True, verbose_name='phone number')),
                ('email', models.EmailField(blank=True, max_length=254, null=True, verbose_name='e-mail')),
                ('language', models.CharField(blank=True, choices=[('', 'As the browser asks'), ('ko', '한국어'), ('en', 'English')], default='', max_length=2, verbose_name='language')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('is_staff', models.BooleanField(default=False, verbose_name='operator')),
                ('must_change_password', models.BooleanField(default=False, verbose_name='must change the password')),
                ('age_confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed to be 19 or older at')),
                ('created_at', models.DateTimeField(verbose_name='signed up at')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
            },
        ),
        migrations.CreateModel(
            name='AuthSession',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('cookie', 'Browser'), ('token', 'App')], max_length=8, verbose_name='kind')),
                ('address', models.GenericIPAddressField(blank=True, null=True, verbose_name='address')),
                ('user_agent', models.CharField(blank=True, max_length=200, verbose_name='device')),
                ('created_at', models.DateTimeField(verbose_name='signed in at')),
                ('last_seen_at', models.DateTimeField(verbose_name='last seen at')),
                ('expires_at', models.DateTimeField(verbose_name='expires at')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('revoked_for', models.CharField(blank=True, choices=[('logout', 'Signed out'), ('logout_all', 'Signed out everywhere'), ('ended', 'Ended from the list'), ('password_changed', 'Password changed'), ('token_reused', 'A spent token was used again'), ('operator', 'Ended by an operator')], max_length=16, verbose_name='ended because')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='auth_sessions', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
            },
        ),
        migrations.CreateModel(
            name='InviteCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=50, validators=[django.core.validators.RegexValidator('\\A[A-Za-z0-9_-]{4,50}\\Z', 'Use 4 to 50 letters, digits, hyphens or underscores.')], verbose_name='code')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='expires at')),
                ('max_uses', models.PositiveIntegerField(blank=True, help_text='Empty: without limit.', null=True, verbose_name='uses allowed')),
                ('used_count', models.PositiveIntegerField(default=0, verbose_name='uses so far')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
            ],
            options={
                'verbose_name': 'invite code',
                'verbose_name_plural': 'invite codes',
            },
        ),
        migrations.CreateModel(
            name='InviteCodeEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('code', models.CharField(max_length=50, validators=[django.core.validators.RegexValidator('\\A[A-Za-z0-9_-]{4,50}\\Z', 'Use 4 to 50 letters, digits, hyphens or underscores.')], verbose_name='code')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='expires at')),
                ('max_uses', models.PositiveIntegerField(blank=True, help_text='Empty: without limit.', null=True, verbose_name='uses allowed')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='code_is_active_expires_at_max_uses_events', to='accounts.invitecode')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='LoginName',
            fields=[
                ('key', models.CharField(max_length=100, primary_key=True, serialize=False, verbose_name='folded name')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='login_names', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'sign-in key',
                'verbose_name_plural': 'sign-in keys',
            },
        ),
        migrations.CreateModel(
            name='RefreshToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('parent', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.refreshtoken')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='refresh_tokens', to='accounts.authsession')),
            ],
            options={
                'verbose_name': 'refresh token',
                'verbose_name_plural': 'refresh tokens',
            },
        ),
        migrations.CreateModel(
            name='SignInAttempt',
            fields=[
                ('subject', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('attempts', models.PositiveSmallIntegerField()),
                ('window_ends_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'sign-in attempts',
                'verbose_name_plural': 'sign-in attempts',
                'indexes': [models.Index(fields=['window_ends_at'], name='accounts_attempt_window_end')],
            },
        ),
        migrations.CreateModel(
            name='UserEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('is_staff', models.BooleanField(default=False, verbose_name='operator')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('must_change_password', models.BooleanField(default=False, verbose_name='must change the password')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='is_active_is_staff_is_superuser_must_change_password_events', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='user',
            index=models.Index(fields=['-created_at', '-id'], name='accounts_user_newest'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(fields=('site_id',), name='accounts_user_site_id_unique'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(fields=('phone_number',), name='accounts_user_phone_number_unique'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('phone_number__isnull', True), ('phone_number__regex', '^[0-9]{10,15}$'), _connector='OR'), name='accounts_user_phone_number_digits'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_userevent" ("is_active", "is_staff", "is_superuser", "must_change_password", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."is_active", NEW."is_staff", NEW."is_superuser", NEW."must_change_password", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='d3a1d3c8024426e71ddb76027b3d14062cc6d635', operation='INSERT', pgid='pgtrigger_insert_insert_3867c', table='accounts_user', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_staff" IS DISTINCT FROM (NEW."is_staff") OR OLD."is_superuser" IS DISTINCT FROM (NEW."is_superuser") OR OLD."must_change_password" IS DISTINCT FROM (NEW."must_change_password"))', func='INSERT INTO "accounts_userevent" ("is_active", "is_staff", "is_superuser", "must_change_password", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."is_active", NEW."is_staff", NEW."is_superuser", NEW."must_change_password", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='8330f206e41b79c2f16a139805cbddf40ea033c2', operation='UPDATE', pgid='pgtrigger_update_update_0e890', table='accounts_user', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_userevent" ("is_active", "is_staff", "is_superuser", "must_change_password", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."is_active", OLD."is_staff", OLD."is_superuser", OLD."must_change_password", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='23d8593c1d9c1feef7aa7df30e8f895e16053b5d', operation='DELETE', pgid='pgtrigger_delete_delete_19f14', table='accounts_user', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='authsession',
            index=models.Index(fields=['user', '-created_at'], name='accounts_session_of_user'),
        ),
        migrations.AddIndex(
            model_name='authsession',
            index=models.Index(fields=['expires_at'], name='accounts_session_expiry'),
        ),
        migrations.AddConstraint(
            model_name='authsession',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', True), ('revoked_for', '')), models.Q(('revoked_at__isnull', False), models.Q(('revoked_for', ''), _negated=True)), _connector='OR'), name='accounts_session_revoked_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='invitecode',
            constraint=models.UniqueConstraint(fields=('code',), name='accounts_invite_code_unique'),
        ),
        migrations.AddConstraint(
            model_name='invitecode',
            constraint=models.CheckConstraint(condition=models.Q(('max_uses__isnull', True), ('used_count__lte', models.F('max_uses')), _connector='OR'), name='accounts_invite_code_within_max_uses'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invitecode',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_invitecodeevent" ("code", "expires_at", "is_active", "max_uses", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."code", NEW."expires_at", NEW."is_active", NEW."max_uses", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='360e9a94e801acbc4789cb264ca2e293aab4a50f', operation='INSERT', pgid='pgtrigger_insert_insert_aab0f', table='accounts_invitecode', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invitecode',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."max_uses" IS DISTINCT FROM (NEW."max_uses"))', func='INSERT INTO "accounts_invitecodeevent" ("code", "expires_at", "is_active", "max_uses", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."code", NEW."expires_at", NEW."is_active", NEW."max_uses", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='fe8eb0bd43a26eb8c9cba345a24e20532cea3b0c', operation='UPDATE', pgid='pgtrigger_update_update_a39a4', table='accounts_invitecode', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invitecode',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_invitecodeevent" ("code", "expires_at", "is_active", "max_uses", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."code", OLD."expires_at", OLD."is_active", OLD."max_uses", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='a4502650a03a654f2404ee7d2fca7a6d5d5afe6a', operation='DELETE', pgid='pgtrigger_delete_delete_c68fa', table='accounts_invitecode', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='refreshtoken',
            constraint=models.UniqueConstraint(fields=('token_hash',), name='accounts_refresh_token_hash_unique'),
        ),
        migrations.AddConstraint(
            model_name='refreshtoken',
            constraint=models.UniqueConstraint(fields=('parent',), name='accounts_refresh_token_one_successor'),
        ),
    ]
