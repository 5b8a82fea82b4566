import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
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
                ('code', models.CharField(max_length=50, verbose_name='code')),
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
                ('parent', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.refreshtoken')),
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
        migrations.AddConstraint(
            model_name='refreshtoken',
            constraint=models.UniqueConstraint(fields=('token_hash',), name='accounts_refresh_token_hash_unique'),
        ),
        migrations.AddConstraint(
            model_name='refreshtoken',
            constraint=models.UniqueConstraint(fields=('parent',), name='accounts_refresh_token_one_successor'),
        ),
    ]
