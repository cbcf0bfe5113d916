from allauth.socialaccount.providers.base.constants import AuthProcess as AuthProcess
from allauth.socialaccount.providers.base.provider import Provider as Provider
