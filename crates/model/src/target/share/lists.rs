//! What is known of secrets in addresses, as data. Every list names its source.
//!
//! Words are separated by single spaces, so that a list costs the wasm its letters and nothing more, and sorted by their
//! bytes, so that a word is found without a look at all of them.
//!
//! Long because it is data: each list beside its source, so that nobody looks for a word in two places.

pub(super) use crate::sorted::has;

/// Names that carry a secret whatever the value.
///
/// Source: <https://cwe.mitre.org/data/definitions/598.html>
/// Source: <https://datatracker.ietf.org/doc/html/rfc6750#section-2.3>
/// Source: <https://openid.net/specs/openid-connect-core-1_0.html>
/// Source: <https://www.php.net/manual/en/session.configuration.php>
/// Source: <https://helpx.adobe.com/coldfusion/cfml-reference/coldfusion-tags/tags-a-b/cfapplication.html>
/// Source: <https://firebase.google.com/docs/auth/custom-email-handler>
pub(super) const SECRET_NAMES: &str = "accesscode accesskey accesstoken activationcode activationkey adgangskod \
    adgangskode aktivierungscode apikey apitoken assertion auth authcode authid authkey authorization authtoken \
    bearer cfclearance cfid cftoken codeacces codeverifier codiceaccesso codigoacceso codigodeacceso confirmationcode \
    confirmcode contrasena cred credential credentials creds csrf csrfmiddlewaretoken devicecode einladungscode \
    freischaltcode haslo hdnea hdntl hdnts heslo hmac hookid idtoken invitationcode invitecode jelszo jsessionid jwt \
    kennwort licencekey licensekey logintoken losenord lösenord magiclink magictoken motdepasse nonce oauth oobcode \
    otac otp parol pass passcode passkey passord passphrase passwd password passwort phpsessid privatekey privkey psw \
    pw pwd qdl refreshtoken relaystate resetcode resetkey resourcekey rlkey salasana saml samlart samlrequest \
    samlresponse sastoken secret senha sess sessid session sessionid sessionkey sessiontoken sharekey sid sifre sig \
    signature skey sso tk tkn toegangscode token tokens totp usercode userkey verificationcode verifycode wachtwoord \
    wctx webvpn webvpnas wresult xsrf zugangscode zugangsschluessel";

/// Names that carry something of a person whatever the value.
///
/// Source: <https://support.google.com/analytics/answer/6366371>
/// Source: <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill>
/// Source: <https://learn.microsoft.com/en-us/purview/sit-sensitive-information-type-entity-definitions>
pub(super) const PERSON_NAMES: &str = "accountno accountnumber acctno ausweisnummer birthdate birthday bsn cardnumber \
    ccnumber cksubscriberid codicefiscale consignmentnumber cpf creditcard customernumber cvc cvv dni dob email \
    emailaddress employeeid firstname iban insurancenumber kontonummer kundennummer kx lastname loginhint mailaddress \
    mceid mkttok mobile mrn msisdn nationalid olyanonid olyencid parcelid parcelno parcelnumber passport passportno \
    passportnumber patientid payerid personnummer pesel phone phonenumber piececode recordlocator respid respondentid \
    sendungsnummer shipmentnumber sortcode sozialversicherungsnummer ssn steuerid steuernummer studentid surname \
    taxid telephone trackingno trackingnumber tracknum tracknumber veroid versichertennummer";

/// Beside one of these, `key` and `code` are never of music or of a product.
///
/// Source: <https://cwe.mitre.org/data/definitions/598.html>
pub(super) const OWNERS_OF_KEYS: &str = "access account activation api app auth authorization client confirm \
    confirmation consumer customer device encryption feed invitation invite licence license login magic oob order \
    private reset resource secret security session share signing subscription user verification";

/// Names that carry a secret or content: the value decides.
///
/// Source: <https://datatracker.ietf.org/doc/html/rfc6749#section-4.1.2>
/// Source: <https://developer.wordpress.org/reference/functions/retrieve_password/>
pub(super) const EITHER_NAMES: &str = "acces acceso access accesso activate activation bookingcode bookingref \
    bookingreference checksum cipher code confirm confirmation digest enc encrypted feed guest hash invitation invite \
    invitee key keys locator login mac magic participant pin pnr private recipient recovery refresh reservationcode \
    reset respondent share state subscriber tan ticket uidb uidb64 unsubscribe validate validation verification \
    verify voter voucher webhook zugang";

/// Names under which machines number things: a value in no order counts although it is short.
///
/// Source: <https://docs.openexchangerates.org/reference/authentication>
pub(super) const MACHINE_NAMES: &str = "appid clientid contactid memberid personid userid visitorid";

/// Beside the name of a user, these words are of a password.
///
/// Source: the same as of the names above.
pub(super) const BESIDE_USERS: &str = "clave kod kode palabra parola pin word";
pub(super) const USERS: &str = "benutzer benutzername gebruiker identifiant kullanici login uname user username usr \
    usuario utente utilisateur uzytkownik";

/// Words that name a person and say where somebody lives: what a machine made beside them is of that person.
///
/// Source: <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill>
pub(super) const PLACES_OF_PEOPLE: &str = "cap plz postalcode postcode zip zipcode";

/// Names of the moment at which an address ends: what a machine made beside it signs the address.
///
/// Source: <https://nginx.org/en/docs/http/ngx_http_secure_link_module.html>
pub(super) const ENDINGS: &str = "e exp expiration expire expires expiresat expiry until validto validuntil";

/// Codes of these are of things and places, and in every shop's and timetable's addresses.
///
/// Source: <https://schema.org/Product>
pub(super) const CODED: &str = "airport article color colour country coupon course currency error item language model \
    part postal product promo region size sku station status stock style subject zip";

/// The last word of names that say something about a secret, not the secret itself.
///
/// Source: <https://datatracker.ietf.org/doc/html/rfc6749#section-7.1>
pub(super) const ABOUT: &str = "category count day enabled expires expiry filter format kind lang length method mode \
    name order page policy provider required size sort status tab title topic track type types version view";

/// Parameters that say how a page is shown, or who sent somebody there. They are no secrets.
///
/// Source: <https://support.google.com/analytics/answer/1033863>
/// Source: <https://datatracker.ietf.org/doc/html/rfc6749#section-3.1.1>
pub(super) const HARMLESS: &str = "action app authuser cmd country do event format gl height hl lang language limit \
    locale lr mode offset order os page platform q query ref region s search size sort source src step tab task theme \
    type usp utm_campaign utm_content utm_medium utm_source utm_term v ver version view width";

/// Click and visit identifiers: they follow a person, tell no page from another, and give access to nothing.
/// `site:name` holds for that site's own hosts alone.
///
/// Source: <https://support.google.com/google-ads/answer/9744275>
/// Source: <https://github.com/mozilla-services/remote-settings-permissions>
/// Source: <https://privacytests.org/>
pub(super) const TRACKERS: &str = "__hsfp __hssc __hstc _branch_match_id _branch_referrer _ga _gl _hsenc _hsmi \
    amazon:content-id amazon:crid amazon:dib amazon:dib_tag amazon:pd_rd_r amazon:pd_rd_w amazon:pf_rd_p \
    amazon:pf_rd_r amazon:qid cvid dclid ebay:_trkparms ebay:_trksid ebay:amdata ebay:hash epik fbclid gbraid gclid \
    gclsrc google:ei google:gs_lcp google:gs_lp google:iflsig google:sca_esv google:sclient google:sxsrf google:ved \
    guce_referrer guce_referrer_sig hsctatracking igsh igshid irclickid li_fat_id mibextid mouser:qs msclkid \
    rb_clickid rdt_cid s_kwcid sccid spotify:si srsltid tiktok:_r tiktok:_t ttclid twclid twitter:s twitter:t wbraid \
    wickedid x:s x:t yclid youtu:si youtube:pp youtube:si ysclid";

/// A parameter whose name begins so makes the address a signed one; with it go its companions after the colon.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>
/// Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-canned-policy.html>
/// Source: <https://cloud.google.com/storage/docs/authentication/canonical-requests>
/// Source: <https://cloud.google.com/cdn/docs/using-signed-urls>
/// Source: <https://learn.microsoft.com/en-us/rest/api/storageservices/create-service-sas>
/// Source: <https://techdocs.akamai.com/adaptive-media-delivery/docs/add-token-auth>
/// Source: <https://www.fastly.com/documentation/guides/full-site-delivery/access-control/enabling-url-token-validation/>
/// Source: <https://www.alibabacloud.com/help/en/oss/developer-reference/add-signatures-to-urls>
/// Source: <https://www.tencentcloud.com/document/product/436/7778>
/// Source: <https://support.discord.com/hc/en-us/articles/22222019484439>
pub(super) const SIGNED: &[(&str, &str)] = &[
    ("x-amz-", "x-amz-*"),
    ("x-goog-", "x-goog-*"),
    ("x-oss-", "x-oss-*"),
    ("x-cos-", "x-cos-*"),
    ("q-sign", "q-*"),
    ("awsaccesskeyid", "expires signature awsaccesskeyid"),
    ("googleaccessid", "expires signature googleaccessid"),
    ("ossaccesskeyid", "expires signature ossaccesskeyid security-token"),
    ("key-pair-id", "policy expires signature key-pair-id hash-algorithm"),
    ("signature", "policy expires signature keyname urlprefix expiry exp timestamp ts"),
    ("sig", "sv se sp st sr ss srt spr sip si sig skoid sktid skt ske sks skv sdd rscd rsct rscc ses saoid suoid scid"),
    ("hmac", "exp st acl id data hmac expires"),
    ("hm", "ex is hm"),
    ("oh", "oh oe _nc_*"),
    ("md5", "md5 expires e"),
    ("token", "expires exp expiry acl ip"),
    ("__token__", "exp acl"),
];

/// OAuth 2.0 and OpenID Connect: beside any of the second group the first is an answer to a sign-in.
///
/// Source: <https://datatracker.ietf.org/doc/html/rfc6749#section-4.1.2>
/// Source: <https://datatracker.ietf.org/doc/html/rfc9207>
pub(super) const OAUTH_ANSWER: &str = "access_token authuser code hd id_token iss prompt scope session_state state";
pub(super) const OAUTH_WITNESS: &str = "client_info iss session_state state";

/// What tokens of well-known issuers begin with.
///
/// Source: <https://github.blog/engineering/behind-githubs-new-authentication-token-formats/>
/// Source: <https://docs.gitlab.com/security/tokens/#token-prefixes>
/// Source: <https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns>
/// Source: <https://docs.slack.dev/authentication/tokens/>
/// Source: <https://docs.stripe.com/keys>
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>
/// Source: <https://github.com/paseto-standard/paseto-spec>
/// Source: <https://github.com/fernet/spec/blob/master/Spec.md>
pub(super) const PREFIXES: &str = "1//0 AIDA AIza AKIA AROA ASIA ATATT3 ATCTT3 CCIPAT_ EAAB EAAC EAAG EAAJ FwoG \
    GOCSPX- PMAK- SG. atlasv1. bkua_ cs_live_ cs_test_ dckr_pat_ doo_v1_ dop_v1_ dor_v1_ dp.pt. dp.st. eyJ figd_ \
    figdh_ fio- fo1_ gAAAAA gho_ ghp_ ghr_ ghs_ ghu_ github_pat_ glagent- glc_ glcbt- gldt- glft- glimt- gloas- \
    glpat- glptt- glrt- glsa_ glsoat- gsk_ hf_ hvb. hvr. hvs. lin_api_ nfp_ npm_ ntn_ nvapi- pk.eyJ pk_live_ pk_test_ \
    pplx- pypi- rk_live_ rk_test_ rubygems_ sbp_ secret_ shpat_ shpca_ shppa_ shpss_ sk-ant- sk-or- sk-proj- sk.eyJ \
    sk_live_ sk_test_ sntrys_ sntryu_ sq0atp- sq0csp- tskey- tvly- v1.local. v1.public. v2.local. v2.public. \
    v3.local. v3.public. v4.local. v4.public. vercel_ wc_order_ whsec_ xai- xapp- xoxa- xoxb- xoxe- xoxe. xoxp- xoxr- \
    xoxs- ya29.";

/// Verbs of things that are done once, with a secret from a message: after one of these even a short value counts.
/// English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, Czech, Swedish, Norwegian and Danish, Finnish, Turkish,
/// Hungarian, Romanian, Russian, Croatian, Greek, Russian and
/// Ukrainian in their own letters, in this order.
///
/// Source: <https://docs.djangoproject.com/en/stable/topics/auth/default/#django.contrib.auth.views.PasswordResetConfirmView>
/// Source: <https://github.com/heartcombo/devise/wiki>
/// Source: <https://laravel.com/docs/passwords>
/// Source: <https://datatracker.ietf.org/doc/html/rfc8058>
pub(super) const ONE_TIME: &str = "abbestellen abmelden abmeldung absage absagen accept activacion activación activar \
    activare activate activatie activation activationlink activations activeaza activer activeren adgangskode \
    afbestil afmeld afmelden aktivace aktivacija aktivaciya aktivalas aktivasyon aktivatsiya aktiver aktivera \
    aktivieren aktivierung aktivoi aktivovat aktiválás aktywacja aktywuj annuler annuleren annulla anular anulare \
    anuluj aterstall aterstalla aterstallning ativacao ativar ativação attiva attivazione austragen autologin \
    avbestill avboka avmeld avprenumerera avregistrera baja ballot ballots bekraeft bekraeftelse bekrafta bekraftelse \
    bekreft bekreftelse bekräfta bekräftelse bekræft bekræftelse bestaetigen bestaetigung bestätigen bestätigung \
    bevestig bevestigen bevestiging cancel cancelar cancellation checkin claim conferma confermare confirm confirma \
    confirmacao confirmacion confirmación confirmar confirmare confirmation confirmations confirmação confirmer \
    contrasena contraseña convite convites davet deactivate desabonnement desabonner desactivar desactiver \
    descadastrar descadastro desinscription desinscrire desuscribir desuscribirse dezabonare dimenticata disiscrivi \
    disiscriviti disiscrizione dogrula dogrulama doğrula doğrulama désabonnement désabonner désactiver désinscription \
    désinscrire einladen einladung einladungen elfelejtett epanafora epivevaiosi esqueci etkinlestir etkinleştir \
    forgot forgotten freischalten freischaltung glemt glemte glomt glömt hasla haslo hasła hasło herstel herstellen \
    hesla heslo hook hooks impersonate inbjudan invitacion invitaciones invitación invitasjon invitatie invitation \
    invitations invite invites inviti invito iptal jelszo jelszó kennwort kodikou kuendigen kutsu kündigen \
    leiratkozas leiratkozás losenord lostpassword lozinka lozinke lösenord magic magiclink megerosit megerosites \
    megerősítés meghivo meghívó motdepasse nollaa nulstil obnova obnovit odhlasit odhlásit odzyskaj odzyskiwanie \
    olvidada olvide onay onayla onetime opt optin optout opzeggen otp otpisatsya otpiska oublie oublié overeni overit \
    ověření ověřit palauta parol parola parolia parolya passord password passwordless passwort peruuta podtverdit \
    podtverzhdenie potvrda potvrdi potvrdit potvrzeni potvrzení potwierdz potwierdzenie potwierdź pozvanka pozvánka \
    preferences priglashenie private przywroc przywróc reactivate recover recovery recupera recuperacao recuperacion \
    recuperación recuperar recuperação redeem redefinicao redefinir redefinição reimposta reimpostare reimpostazione \
    reinitialisation reinitialiser reset resetare resetati resetowanie resetpass resets resetuj resilier restablecer \
    restablecimiento retrieve rezygnacja rezygnuj ripristina ripristino rp rsvp réinitialisation réinitialiser \
    résilier salasana sbros secret secrets senha sifirla sifirlama sifre sifremi signup2 stornieren sıfırla sıfırlama \
    tilbakestill uitnodiging uitnodigingen uitschrijven unohtunut unsub unsubscribe unsubscribed unuttum ustaw \
    vahvista vahvistus validate validation valider vergessen vergeten verifica verificacao verificacion verificación \
    verificar verification verifications verificação verifieer verifier verifiera verifieren verifizieren \
    verifizierung verify visszaallitas visszaallitasa visszaállítás vosstanovit vosstanovlenie vérifier wachtwoord \
    webhook webhooks weryfikacja wiederherstellen wypisz wypisz-sie zaboravljena zapomenute zapomenuté zapomniane \
    zaproszenia zaproszenie zmien zmień zresetuj zrusit zrušit zurucksetzen zuruecksetzen zurücksetzen zweryfikuj \
    återställ återställa återställning şifre şifremi активация восстановить восстановление відновлення запрошення \
    отписаться отписка пароль пароля подтвердить подтверждение приглашение підтвердження сброс";

/// Words of things that may hold a secret: after one of these a value counts when it is long enough to be one.
///
/// Source: <https://datatracker.ietf.org/doc/html/rfc6749#section-3.1.2>
pub(super) const MAYBE: &str = "access apikey attachments auth booking bookings calendars call callback checkout \
    guest ical ics invoice invoices join key keys locate login logon meeting meetings member members oauth oauth2 \
    order orders patron patrons pay payment payments receipt receipts ride rides secure session sessions share shared \
    sharing signin signing sso subscriber subscribers supporter supporters ticket tickets token tokens";

/// What such verbs are about; a part of a path that is made of these words and verbs alone asks for a secret.
///
/// Source: the same as of the verbs.
pub(super) const OBJECTS: &str = "a account accounts action actions address adresse and api appointment appointments \
    assinatura auth benutzer boletin boletín booking bookings by cadastro change check choose clave click code codes \
    complete compte cont conta contrasena contraseña correo create cuenta dalla darse de decline device done du e \
    edit el email emails epost fiok fiók form friend from gebruiker group hasla haslo hasła hasło hesabi hesap \
    identity ihr ihre in inschrijving iscrizione je kennwort konta konto l la le link links login mail manage mdp me \
    member members mi minha mot my neu new newsletter newsletters of off on one open org organisation organization \
    out parola pass passe passwd password passwords passwort racuna računa registration registrierung request \
    reservation reservations respond sahkoposti se senha set sie signup się start step su sua subscription \
    subscriptions subskrypcji suscripcion suscripción sähköposti te team termin termine the time to token tu tua ucet \
    uctu up update user users usuario utente utilisateur uw v1 v2 v3 via vom votre wachtwoord with workspace your zum \
    zur účet účtu";

/// Where these come before, verbs are what a text is about.
///
/// Source: <https://diataxis.fr/>
pub(super) const READING: &str = "article articles blob blog blogs categories category crate dist doc docs \
    documentation explore faq features guide guides handbook help item kb knowledge learn library man manual manuals \
    news package packages product products questions reference shop stories story support tag tags topic topics tree \
    tutorial tutorials wiki";

/// Sites on which people name what they publish themselves: a verb in a path is a name.
///
/// Source: <https://docs.github.com/en/repositories>
pub(super) const NAMED_BY_PEOPLE: &str = "archlinux.org bitbucket.org codeberg.org crates.io debian.org docs.rs \
    github.com gitlab.com npmjs.com pypi.org reddit.com stackoverflow.com wikimedia.org wikipedia.org";

/// Words with digits in them that everybody knows.
///
/// Source: <https://www.iana.org/assignments/media-types/>
pub(super) const PLAIN: &str = "1st 2d 2fa 2nd 3d 3rd 4k 4th 8k a11y amd64 arm64 asp aspx b2b b2c base64 cop26 cop27 \
    cop28 covid19 css css3 ec2 es6 fido2 g20 g7 h264 h265 html html5 http https i18n ipv4 ipv6 json jsp k8s l10n md5 \
    mfa mp3 mp3s mp4 oauth2 pdf php ps4 ps5 python3 rss s3 saml2 sha256 sms smtp txt u2f utf-8 utf8 web3 windows10 \
    windows11 wwdc21 x64 x86 xhtml xml xmpp";

/// Private links of well-known services: host, what stands directly before (`#` is a number, `*` anything, `^` the beginning), and
/// whether only a value that looks made by a machine counts.
///
/// Source: <https://support.google.com/docs/answer/2494822>
/// Source: <https://support.google.com/calendar/answer/37648>
/// Source: <https://help.dropbox.com/share/create-and-share-link>
/// Source: <https://support.zoom.com/hc/en/article?id=zm_kb&sysparm_article=KB0060604>
/// Source: <https://learn.microsoft.com/en-us/microsoftteams/create-meeting-links>
/// Source: <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>
/// Source: <https://discord.com/developers/docs/resources/webhook>
/// Source: <https://core.telegram.org/bots/api#authorizing-your-bot>
/// Source: <https://faq.whatsapp.com/3242937609289432>
/// Source: <https://help.vimeo.com/hc/en-us/articles/12426259908881>
/// Source: <https://help.figma.com/hc/en-us/articles/360040531773>
/// Source: <https://calendly.com/help/how-to-use-single-use-links>
pub(super) const PLACES: &[(&str, &str, bool)] = &[
    ("docs.google.com", "d", false),
    ("docs.google.com", "e", false),
    ("drive.google.com", "d", false),
    ("drive.google.com", "folders", false),
    ("photos.google.com", "share", false),
    ("photos.app.goo.gl", "^", false),
    ("maps.app.goo.gl", "^", false),
    ("glympse.com", "^", true),
    ("oraclecloud.com", "p", false),
    ("hellosign.com", "t", false),
    ("icloud.com", "iclouddrive", false),
    ("colab.research.google.com", "drive", false),
    ("meet.google.com", "^", true),
    ("chat.googleapis.com", "spaces", false),
    ("dropbox.com", "s", false),
    ("dropbox.com", "sh", false),
    ("dropbox.com", "t", false),
    ("dropbox.com", "fi", false),
    ("dropbox.com", "fo", false),
    ("dropbox.com", "request", false),
    ("zoom.us", "j", false),
    ("zoom.us", "s", false),
    ("zoom.us", "w", false),
    ("zoom.us", "my", false),
    ("zoom.us", "share", false),
    ("zoom.us", "play", false),
    ("zoom.us", "register", false),
    ("zoom.us", "join", false),
    ("zoomgov.com", "j", false),
    ("teams.microsoft.com", "meetup-join", false),
    ("teams.microsoft.com", "meet", false),
    ("teams.live.com", "meet", false),
    ("webex.com", "meet", false),
    ("1drv.ms", "*", false),
    ("sharepoint.com", "g", true),
    ("sharepoint.com", "s", true),
    ("sharepoint.com", "p", true),
    ("sharepoint.com", "t", true),
    ("sharepoint.com", "personal", false),
    ("outlook.office.com", "webhook", false),
    ("webhook.office.com", "webhookb2", false),
    ("outlook.office365.com", "calendar", false),
    ("outlook.live.com", "calendar", true),
    ("hooks.slack.com", "services", false),
    ("hooks.slack.com", "workflows", false),
    ("hooks.slack.com", "triggers", false),
    ("join.slack.com", "shared_invite", false),
    ("hooks.zapier.com", "catch", false),
    ("hook.eu1.make.com", "^", false),
    ("maker.ifttt.com", "key", false),
    ("api.telegram.org", "^", true),
    ("t.me", "joinchat", false),
    ("telegram.me", "joinchat", false),
    ("chat.whatsapp.com", "^", false),
    ("wa.me", "^", true),
    ("discord.gg", "^", true),
    ("discord.com", "webhooks", false),
    ("discordapp.com", "webhooks", false),
    ("calendly.com", "d", false),
    ("calendly.com", "cancellations", false),
    ("calendly.com", "reschedulings", false),
    ("figma.com", "file", false),
    ("figma.com", "design", false),
    ("figma.com", "proto", false),
    ("figma.com", "board", false),
    ("figma.com", "make", false),
    ("miro.com", "board", false),
    ("notion.so", "*", true),
    ("airtable.com", "^", true),
    ("loom.com", "share", false),
    ("vimeo.com", "#", true),
    ("player.vimeo.com", "#", true),
    ("wetransfer.com", "downloads", false),
    ("we.tl", "^", false),
    ("box.com", "s", false),
    ("icloud.com", "photos", false),
    ("share.icloud.com", "*", false),
    ("icloud.com", "published", false),
    ("evernote.com", "sh", false),
    ("evernote.com", "shard", false),
    ("overleaf.com", "read", false),
    ("overleaf.com", "^", true),
    ("gist.github.com", "*", true),
    ("onetimesecret.com", "secret", false),
    ("hc-ping.com", "^", false),
    ("nosnch.in", "^", false),
    ("mega.nz", "file", false),
    ("mega.nz", "folder", false),
    ("checkout.stripe.com", "*", true),
    ("billing.stripe.com", "*", true),
    ("invoice.stripe.com", "*", true),
    ("pay.stripe.com", "*", true),
    ("infura.io", "v3", false),
    ("alchemy.com", "v2", false),
    ("docusign.net", "*", true),
    ("substack.com", "private", false),
    ("tripit.com", "private", false),
    ("signal.group", "*", false),
    ("whereby.com", "^", true),
    ("ntfy.sh", "^", true),
    ("webhook.site", "^", true),
    ("line.me", "g", false),
    ("zalo.me", "g", false),
    ("snapchat.com", "invite", true),
    ("trello.com", "invite", false),
];

/// Secret parameters of well-known services whose names say nothing: site, name.
///
/// Source: <https://help.vimeo.com/hc/en-us/articles/12426259908881>
/// Source: <https://mailchimp.com/help/all-the-merge-tags-cheat-sheet/>
pub(super) const SECRET_PARAMETERS: &[(&str, &str)] = &[
    ("vimeo.com", "h"),
    ("mailchi.mp", "e"),
    ("list-manage.com", "e"),
    ("campaign-archive.com", "e"),
    ("facebook.com", "h"),
    ("1drv.ms", "e"),
    ("sharepoint.com", "e"),
    ("figma.com", "t"),
    ("miro.com", "share_link_id"),
    ("mail.google.com", "ik"),
];

/// What is done with the thing whose number stands before: what a machine made there is for the one who does it.
///
/// Source: the verbs above.
pub(super) const ACTING: &str = "abstimmen accept activate admin bestaetigen cancel checkin claim confirm decline pay \
    redeem respond rsvp sign signer signieren unsubscribe unterschreiben verify vote";

/// Words of one letter under which programs put what is shared by a link (Nextcloud, Seafile, Etherpad, …).
///
/// Source: <https://docs.nextcloud.com/server/latest/user_manual/en/files/sharing.html>
pub(super) const SHORT_PATHS: &str = "d f l p s t";

/// Words of what a post brings to somebody.
///
/// Source: <https://en.wikipedia.org/wiki/S10_(UPU_standard)>
pub(super) const PARCELS: &str = "colis consignment paket pakete parcel parcels seguimiento sendung \
    sendungsverfolgung shipment shipments suivi suivi-colis track-and-trace track-trace trackandtrace tracking \
    tracktrace zending";

/// After one of these, hexadecimal digits name a revision that everybody may see.
///
/// Source: <https://git-scm.com/docs/gitrevisions>
/// Source: <https://android.googlesource.com/>
pub(super) const REVISIONS: &str = "+ - archive blame blob browse c changes changeset commit commits compare content \
    diff directory edit file git graph log media patch patch.html permalink plain raw refs resolve rev revision \
    revisions snapshot src tarball tree zip";

/// After one of these, publishers name what they publish by a number that looks like a secret.
///
/// Source: <https://musicbrainz.org/doc/MusicBrainz_Identifier>
/// Source: <https://techdocs.gbif.org/en/openapi/>
/// Source: <https://www.rfc-editor.org/rfc/rfc9562>
pub(super) const PUBLISHED: &str = "actualite album ark article articles artikel artist artwork artworks audio \
    beitrag blog book books bundle card cards collection collections comic content contents course courses dataset \
    datasets discussion dp ebook entries entry episode episodes event events exhibit film films gallery game games gp \
    guide guides image images img ip issue issues item items itm job jobs label layers lesson listing listings live \
    map maps media mod model models mods movie movies news nieuws noticia noticias object objects occurrence package \
    packages paper papers patent photo place places playlist playlists plugin podcast podcasts post posts \
    press-release product products program programme programmes publication publications question questions recipe \
    recipes recording release release-group report reports resource rfc route routes series show shows sku species \
    standard station stories story taxon theme thread threads topic topics track tracks venue video videos watch work";

/// After one of these, block chains name what everybody may see.
///
/// Source: <https://docs.etherscan.io/>
/// Source: <https://github.com/Blockstream/esplora/blob/master/API.md>
pub(super) const CHAINS: &str = "account address addresses assets block blocks collection contract ethereum ipfs ipns \
    nft token tokens transaction transactions tx wallet";

/// What names content by its own digest or as a public key begins so.
///
/// Source: <https://docs.ipfs.tech/concepts/content-addressing/>
/// Source: <https://github.com/opencontainers/image-spec/blob/main/descriptor.md>
/// Source: <https://atproto.com/specs/did>
/// Source: <https://www.swhid.org/specification/>
/// Source: <https://nips.nostr.com/19>
pub(super) const DIGESTS: &str = "GUID- Qm ark: bafk bafy bafz did:key: did:plc: k51q md5: naddr1 nevent1 note1 \
    nprofile1 npub1 pfbid sha1- sha256- sha256: sha512- swh:1: urn:isbn:";

/// Public parameters that look like secrets: site, name.
///
/// Source: <https://developers.google.com/youtube/v3/docs/playlists>
/// Source: <https://developers.google.com/maps/documentation/urls/get-started>
pub(super) const PUBLIC_PARAMETERS: &[(&str, &str)] = &[
    ("youtube.com", "list"),
    ("youtube.com", "v"),
    ("youtube.com", "lc"),
    ("youtu.be", "list"),
    ("youtube-nocookie.com", "list"),
    ("google.com", "query_place_id"),
    ("google.com", "destination_place_id"),
    ("google.com", "ftid"),
    ("play.rust-lang.org", "gist"),
    ("x.com", "f"),
    ("scholar.google.com", "user"),
];

/// Hosts whose paths are public, whatever they look like.
///
/// Source: <https://docs.github.com/en/repositories/working-with-files/using-files>
/// Source: <https://docs.pypi.org/api/upload/>
/// Source: <https://www.notion.com/help/public-pages-and-web-publishing>
/// Source: <https://docs.virustotal.com/reference/file>
pub(super) const PUBLIC_HOSTS: &str = "chromewebstore.google.com crt.sh files.pythonhosted.org fonts.gstatic.com \
    huggingface.co manager-magazin.de microsoftedge.microsoft.com mp.weixin.qq.com musicbrainz.org notion.site \
    openreview.net snapshot.debian.org softwareheritage.org spiegel.de upload.wikimedia.org virustotal.com web.dev";

/// Hosts that stand in mails for others, and those of things done once, by their first label: every path is one reader's.
///
/// Source: <https://www.twilio.com/docs/sendgrid/ui/account-and-settings/how-to-set-up-link-branding>
pub(super) const ONE_TIME_HOSTS: &str = "ablink checkin click clicks confirm ct invite magic mailtrack optout reset \
    trk unsub unsubscribe verify";

/// Names and values that say that a number names a revision (gitweb, cgit, GitLab).
///
/// Source: <https://git-scm.com/docs/gitweb>
/// Source: <https://docs.gitlab.com/api/commits/>
pub(super) const REVISION_NAMES: &str = "changeset commit hb hpb rev revision sha";
pub(super) const REVISION_VIEWS: &str = "blob blob_plain blobdiff commit commitdiff history log search shortlog \
    snapshot tree";

/// Messages that everybody may read are named by what looks like somebody's address.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc5064>
/// Source: <https://lore.kernel.org/>
pub(super) const MESSAGES: &str = "m message message-id messages mid msgid msgid-search thread";
pub(super) const MESSAGE_HOSTS: &str = "inbox.sourceware.org inbox.vuxu.org lists.sr.ht lore.kernel.org marc.info \
    public-inbox.org yhbt.net";

/// Files that pages are made of: their names hold digests.
///
/// Source: <https://webpack.js.org/guides/caching/>
pub(super) const ASSETS: &str = "avif crate css deb eot gif gz ico jar jpeg jpg js m4a map mjs mp3 mp4 ogg otf png \
    rpm svg ttf wasm webm webp whl woff woff2";

/// What ends like a domain and is none.
///
/// Source: <https://www.iana.org/assignments/media-types/>
pub(super) const FILES: &str = "aspx avif css csv gif go gz htm html ico jpeg jpg js json jsx map mjs mp3 mp4 pdf php \
    png py rs svg tgz ts tsx ttf txt webm webp woff xhtml xml zip";

/// Words that say that an address is for few.
///
/// Source: the lists above.
pub(super) const FOR_FEW: &str = "confidential confirm draft hidden internal invitation invite link preview private \
    reset secret session share shared temp token unlisted verify";

/// Names for personal feeds and the like in whose company a number is a secret.
///
/// Source: <https://support.google.com/calendar/answer/37648>
pub(super) const PRIVATE_WORDS: &str = "apikey auth invitation invite key magic password private pwd reset secret \
    sess session sid token user_token";
