//! What is known of secrets in addresses, as data. Every list names its source.
//!
//! Words are separated by single spaces, so that a list costs the wasm its letters and nothing more.

/// A list of words: whether it holds this one.
pub(super) fn has(list: &str, word: &str) -> bool {
    !word.is_empty() && list.split(' ').any(|entry| entry == word)
}

/// Names that carry a secret whatever the value.
///
/// Source: <https://cwe.mitre.org/data/definitions/598.html>
/// Source: <https://datatracker.ietf.org/doc/html/rfc6750#section-2.3>
/// Source: <https://openid.net/specs/openid-connect-core-1_0.html>
/// Source: <https://www.php.net/manual/en/session.configuration.php>
/// Source: <https://helpx.adobe.com/coldfusion/cfml-reference/coldfusion-tags/tags-a-b/cfapplication.html>
/// Source: <https://firebase.google.com/docs/auth/custom-email-handler>
pub(super) const SECRET_NAMES: &str = "token tokens auth oauth session sessionid sess sessid sessionkey sid phpsessid \
    jsessionid cfid cftoken apikey accesskey secret password passwd passcode passphrase passwort kennwort motdepasse \
    contrasena senha wachtwoord haslo pwd pw pass psw signature sig otp totp jwt nonce credential credentials cred creds \
    csrf xsrf csrfmiddlewaretoken sso saml samlresponse samlrequest samlart relaystate authorization bearer authkey \
    authcode authtoken zugangscode zugangsschluessel freischaltcode aktivierungscode einladungscode codeacces codigoacceso \
    codigodeacceso codiceaccesso toegangscode adgangskode adgangskod losenord lösenord passord salasana heslo jelszo sifre parol \
    hookid qdl resourcekey oobcode rlkey sharekey accesscode verifycode resetcode invitecode confirmcode \
    activationcode activationkey verificationcode confirmationcode invitationcode resetkey usercode devicecode codeverifier idtoken \
    accesstoken refreshtoken logintoken magiclink magictoken hmac privatekey privkey skey passkey \
    assertion otac hdnts hdnea hdntl apitoken userkey authid sessiontoken sastoken tk tkn licensekey licencekey";

/// Names that carry something of a person whatever the value.
///
/// Source: <https://support.google.com/analytics/answer/6366371>
/// Source: <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill>
pub(super) const PERSON_NAMES: &str = "email emailaddress mailaddress phone phonenumber mobile msisdn telephone ssn \
    iban creditcard cardnumber ccnumber cvv cvc birthdate birthday dob passport taxid firstname lastname surname \
    trackingnumber tracknumber tracknum trackingno parcelnumber parcelno parcelid piececode shipmentnumber consignmentnumber \
    sendungsnummer recordlocator loginhint mceid mkttok kx veroid olyencid olyanonid cksubscriberid";

/// Beside one of these, `key` and `code` are never of music or of a product.
///
/// Source: <https://cwe.mitre.org/data/definitions/598.html>
pub(super) const OWNERS_OF_KEYS: &str = "api access secret private auth share user app consumer license licence \
    activation verification reset confirm confirmation invite invitation security resource subscription account \
    client device login magic oob feed authorization signing encryption order customer session";

/// Names that carry a secret or content: the value decides.
///
/// Source: <https://datatracker.ietf.org/doc/html/rfc6749#section-4.1.2>
/// Source: <https://developer.wordpress.org/reference/functions/retrieve_password/>
pub(super) const EITHER_NAMES: &str = "key code hash ticket pin invite invitation state verify verification confirm \
    confirmation reset access share refresh magic unsubscribe activate activation login uidb uidb64 checksum \
    guest private validate validation recovery subscriber recipient feed webhook keys cipher enc encrypted mac digest voter participant respondent invitee voucher pnr \
    locator bookingref bookingreference bookingcode reservationcode tan zugang acces acceso accesso";

/// Names under which machines number things: a value in no order counts although it is short.
///
/// Source: <https://docs.openexchangerates.org/reference/authentication>
pub(super) const MACHINE_NAMES: &str = "appid clientid userid memberid contactid personid visitorid";

/// Beside the name of a user, these words are of a password.
///
/// Source: the same as of the names above.
pub(super) const BESIDE_USERS: &str = "clave parola pin kod kode word palabra";
pub(super) const USERS: &str = "user username usr uname login usuario utilisateur identifiant benutzer benutzername utente uzytkownik kullanici gebruiker";

/// Words that name a person and say where somebody lives: what a machine made beside them is of that person.
///
/// Source: <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill>
pub(super) const PLACES_OF_PEOPLE: &str = "zip zipcode postcode postalcode plz cap";

/// Codes of these are of things and places, and in every shop's and timetable's addresses.
///
/// Source: <https://schema.org/Product>
pub(super) const CODED: &str = "model product item sku article part stock style color colour size country language currency region \
    airport station postal zip error status course subject promo coupon";

/// The last word of names that say something about a secret, not the secret itself.
///
/// Source: <https://datatracker.ietf.org/doc/html/rfc6749#section-7.1>
pub(super) const ABOUT: &str = "type types length size count format status expires expiry mode page sort order policy \
    required enabled provider method lang version title topic track day category filter view tab kind name";

/// Parameters that say how a page is shown, or who sent somebody there. They are no secrets.
///
/// Source: <https://support.google.com/analytics/answer/1033863>
/// Source: <https://datatracker.ietf.org/doc/html/rfc6749#section-3.1.1>
pub(super) const HARMLESS: &str = "page lang locale language hl gl lr v ver version step tab theme country region ref source src \
    format view sort order limit offset size width height q query s search action mode do task cmd type event \
    utm_source utm_medium utm_campaign utm_content utm_term usp authuser platform os app";

/// Click and visit identifiers: they follow a person, tell no page from another, and give access to nothing.
/// `site:name` holds for that site's own hosts alone.
///
/// Source: <https://support.google.com/google-ads/answer/9744275>
/// Source: <https://github.com/mozilla-services/remote-settings-permissions>
/// Source: <https://privacytests.org/>
pub(super) const TRACKERS: &str = "gclid gclsrc dclid gbraid wbraid srsltid fbclid msclkid twclid ttclid li_fat_id igshid \
    igsh yclid ysclid _hsenc _hsmi __hstc __hssc __hsfp hsctatracking rb_clickid irclickid _ga _gl epik sccid rdt_cid \
    _branch_match_id _branch_referrer wickedid s_kwcid cvid mibextid guce_referrer guce_referrer_sig youtube:si youtube:pp \
    youtu:si spotify:si google:ei google:ved google:sxsrf google:sca_esv google:gs_lcp google:gs_lp google:sclient google:iflsig \
    amazon:dib amazon:dib_tag amazon:crid amazon:qid amazon:pd_rd_r amazon:pd_rd_w amazon:pf_rd_r amazon:pf_rd_p \
    amazon:content-id ebay:hash ebay:amdata ebay:_trkparms ebay:_trksid mouser:qs x:s x:t twitter:s twitter:t tiktok:_r tiktok:_t";

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
pub(super) const OAUTH_ANSWER: &str = "code state session_state iss id_token access_token authuser prompt hd scope";
pub(super) const OAUTH_WITNESS: &str = "state session_state iss client_info";

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
pub(super) const PREFIXES: &str = "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- glptt- gldt- glrt- glcbt- glimt- glsoat- \
    glagent- gloas- glft- xoxb- xoxp- xoxa- xoxr- xoxs- xoxe- xoxe. xapp- sk_live_ sk_test_ rk_live_ rk_test_ pk_live_ pk_test_ whsec_ \
    cs_live_ cs_test_ AKIA ASIA AROA AIDA ya29. AIza 1//0 GOCSPX- SG. npm_ pypi- dop_v1_ doo_v1_ dor_v1_ shpat_ shpca_ shppa_ \
    shpss_ hf_ sk-proj- sk-ant- sk-or- gsk_ lin_api_ ntn_ secret_ figd_ figdh_ PMAK- rubygems_ dckr_pat_ \
    atlasv1. hvs. hvb. hvr. sbp_ vercel_ nfp_ EAAC EAAG EAAB EAAJ FwoG sq0atp- sq0csp- \
    gAAAAA eyJ v1.local. v2.local. v3.local. v4.local. v1.public. v2.public. v3.public. v4.public. pk.eyJ sk.eyJ \
    glc_ glsa_ tskey- fo1_ fio- bkua_ CCIPAT_ dp.pt. dp.st. ATATT3 ATCTT3 sntrys_ sntryu_ nvapi- xai- pplx- tvly-";

/// Verbs of things that are done once, with a secret from a message: after one of these even a short value counts.
/// English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, Czech, Swedish, Norwegian and Danish, Finnish, Turkish,
/// Hungarian, Romanian, Russian, Croatian, Greek, Russian and
/// Ukrainian in their own letters, in this order.
///
/// Source: <https://docs.djangoproject.com/en/stable/topics/auth/default/#django.contrib.auth.views.PasswordResetConfirmView>
/// Source: <https://github.com/heartcombo/devise/wiki>
/// Source: <https://laravel.com/docs/passwords>
/// Source: <https://datatracker.ietf.org/doc/html/rfc8058>
pub(super) const ONE_TIME: &str = "password passwort kennwort motdepasse contrasena contraseña senha wachtwoord haslo hasło hasla hasła reset resets forgot forgotten recover recovery verify verification verifications \
    validate validation confirm confirmation confirmations activate activation activations invite invites invitation invitations unsubscribe \
    unsub unsubscribed optout optin opt magic magiclink otp onetime passwordless autologin activationlink claim \
    redeem cancel cancellation rsvp impersonate accept webhook webhooks hook hooks private secret secrets signup2 \
    deactivate preferences reactivate checkin retrieve ballot ballots rp resetpass lostpassword \
    zuruecksetzen zurucksetzen zurücksetzen bestaetigen bestätigen bestaetigung bestätigung verifizieren verifizierung aktivieren aktivierung \
    einladung einladungen einladen abmelden abmeldung abbestellen austragen freischalten freischaltung vergessen wiederherstellen kuendigen kündigen stornieren absagen absage \
    reinitialiser réinitialiser reinitialisation réinitialisation oublie oublié verifier vérifier confirmer activer invitation \
    desactiver désactiver resilier résilier annuler desabonner désabonner desabonnement désabonnement desinscription désinscription desinscrire désinscrire valider \
    restablecer restablecimiento recuperar recuperacion recuperación olvidada olvide verificar verificacion verificación confirmar confirmacion confirmación \
    activar activacion activación invitacion invitación invitaciones baja anular cancelar desactivar desuscribir desuscribirse \
    redefinir redefinicao redefinição esqueci recuperacao recuperação confirmacao confirmação verificacao verificação ativar ativacao ativação \
    convite convites descadastrar descadastro \
    reimposta reimpostare reimpostazione ripristina ripristino recupera conferma confermare verifica attiva attivazione invito inviti \
    disiscrizione disiscriviti disiscrivi annulla dimenticata \
    herstellen herstel vergeten bevestigen bevestiging bevestig verifieer verifieren activeren activatie uitnodiging uitnodigingen \
    annuleren opzeggen uitschrijven afmelden \
    resetuj zresetuj ustaw zmien zmień anuluj rezygnuj resetowanie przywroc przywróc odzyskaj odzyskiwanie potwierdz potwierdź potwierdzenie zweryfikuj weryfikacja aktywuj aktywacja \
    zaproszenie zaproszenia wypisz wypisz-sie rezygnacja zapomniane \
    heslo hesla aktivovat aktivace potvrdit potvrzeni potvrzení overit ověřit overeni ověření pozvanka pozvánka obnovit obnova odhlasit odhlásit zapomenute zapomenuté zrusit zrušit \
    losenord lösenord aterstall återställ aterstalla återställa aterstallning återställning bekrafta bekräfta bekraftelse bekräftelse verifiera aktivera inbjudan avregistrera avprenumerera glomt glömt avboka \
    passord adgangskode glemt glemte nulstil tilbakestill bekreft bekraeft bekræft bekreftelse bekraeftelse bekræftelse aktiver invitasjon invitation afmeld avmeld afbestil avbestill \
    salasana unohtunut palauta nollaa vahvista vahvistus aktivoi kutsu peruuta \
    sifre şifre sifirla sıfırla sifirlama sıfırlama dogrula doğrula dogrulama doğrulama onayla onay etkinlestir etkinleştir aktivasyon davet iptal unuttum sifremi şifremi \
    jelszo jelszó visszaallitas visszaállítás visszaallitasa megerosites megerősítés megerosit aktivalas aktiválás meghivo meghívó leiratkozas leiratkozás elfelejtett \
    parola resetare resetati confirmare confirma activare activeaza invitatie dezabonare anulare \
    parol parolya parolia vosstanovlenie vosstanovit podtverdit podtverzhdenie aktivaciya aktivatsiya priglashenie otpiska otpisatsya sbros \
    lozinka lozinke potvrda potvrdi zaboravljena aktivacija kodikou epanafora epivevaiosi \
    пароль пароля восстановление восстановить подтвердить подтверждение активация приглашение отписаться отписка сброс відновлення підтвердження запрошення";

/// Words of things that may hold a secret: after one of these a value counts when it is long enough to be one.
///
/// Source: <https://datatracker.ietf.org/doc/html/rfc6749#section-3.1.2>
pub(super) const MAYBE: &str = "secure member members subscriber subscribers supporter supporters patron patrons ride rides locate share shared sharing session sessions callback sso token tokens login signin logon auth oauth \
    oauth2 join guest access ticket tickets order orders checkout pay payment payments invoice invoices receipt receipts booking bookings \
    key keys apikey signing ical ics calendars attachments";

/// What such verbs are about; a part of a path that is made of these words and verbs alone asks for a secret.
///
/// Source: the same as of the verbs.
pub(super) const OBJECTS: &str = "password passwords passwd pass email emails mail e account accounts user users my your me link links address \
    registration signup new newsletter newsletters subscription subscriptions token code codes identity device team member members workspace \
    org organization organisation group friend to of from by via with the a and in out up off on login check form step request \
    change update set choose create done edit manage decline respond open start se me te mi sua tua neu zum zur ihre ihr votre tu su passwort kennwort konto adresse registrierung benutzer vom mot de passe compte adresse utilisateur la le du \
    l mdp contrasena contraseña clave cuenta correo usuario el suscripcion suscripción boletin boletín darse senha conta \
    usuario assinatura minha cadastro parola account utente iscrizione dalla wachtwoord account gebruiker inschrijving uw je \
    haslo hasło hasla hasła konto konta subskrypcji sie się ucet účet uctu účtu konto epost sahkoposti sähköposti hesap hesabi racuna računa fiok fiók cont \
    booking bookings reservation reservations appointment appointments termin termine email api v1 v2 v3 auth one time click action actions complete";

/// Where these come before, verbs are what a text is about.
///
/// Source: <https://diataxis.fr/>
pub(super) const READING: &str = "docs doc documentation guide guides reference manual manuals wiki help support blog blogs news article articles \
    package packages tree blob tutorial tutorials learn topic topics tag tags category categories faq kb knowledge handbook \
    library crate dist story stories man questions explore features products product item shop";

/// Sites on which people name what they publish themselves: a verb in a path is a name.
///
/// Source: <https://docs.github.com/en/repositories>
pub(super) const NAMED_BY_PEOPLE: &str = "github.com gitlab.com npmjs.com pypi.org docs.rs crates.io wikipedia.org wikimedia.org bitbucket.org codeberg.org \
    stackoverflow.com reddit.com archlinux.org debian.org";

/// Words with digits in them that everybody knows.
///
/// Source: <https://www.iana.org/assignments/media-types/>
pub(super) const PLAIN: &str = "oauth2 saml2 html5 css3 mp3 mp4 web3 i18n l10n a11y k8s s3 ec2 utf8 utf-8 x86 x64 amd64 arm64 2fa mfa u2f fido2 \
    ps4 ps5 b2b b2c h264 h265 3d 2d 4k 8k html https http xml css sms pdf php aspx asp jsp xhtml json txt rss xmpp smtp covid19 es6 \
    base64 sha256 md5 python3 windows10 windows11 ipv4 ipv6 wwdc21 g7 g20 cop26 cop27 cop28 mp3s 1st 2nd 3rd 4th";

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
];

/// What is done with the thing whose number stands before: what a machine made there is for the one who does it.
///
/// Source: the verbs above.
pub(super) const ACTING: &str = "admin vote sign signer unterschreiben signieren accept decline confirm verify cancel rsvp unsubscribe \
    respond pay checkin claim redeem activate abstimmen bestaetigen";

/// Words of one letter under which programs put what is shared by a link (Nextcloud, Seafile, Etherpad, …).
///
/// Source: <https://docs.nextcloud.com/server/latest/user_manual/en/files/sharing.html>
pub(super) const SHORT_PATHS: &str = "s d f t l p";

/// Words of what a post brings to somebody.
///
/// Source: <https://en.wikipedia.org/wiki/S10_(UPU_standard)>
pub(super) const PARCELS: &str = "tracktrace trackandtrace track-and-trace track-trace sendungsverfolgung sendung parcel parcels paket pakete colis \
    suivi suivi-colis seguimiento shipment shipments zending consignment tracking";

/// After one of these, hexadecimal digits name a revision that everybody may see.
///
/// Source: <https://git-scm.com/docs/gitrevisions>
/// Source: <https://android.googlesource.com/>
pub(super) const REVISIONS: &str = "commit commits tree blob raw rev revision revisions blame changeset compare + c log diff archive browse src plain patch \
    snapshot edit refs media patch.html graph - zip tarball git resolve changes directory content file permalink";

/// After one of these, publishers name what they publish by a number that looks like a secret.
///
/// Source: <https://musicbrainz.org/doc/MusicBrainz_Identifier>
/// Source: <https://techdocs.gbif.org/en/openapi/>
/// Source: <https://www.rfc-editor.org/rfc/rfc9562>
pub(super) const PUBLISHED: &str = "content contents article articles story stories news post posts item items video videos episode episodes recipe \
    recipes product products dataset datasets resource artist album release release-group recording work label collection \
    collections media image images img photo artwork artworks event events job jobs listing listings book books course courses lesson podcast \
    podcasts show shows series movie movies film films watch programme programmes program package packages artikel noticia noticias nieuws beitrag \
    actualite entry entries topic topics thread threads question questions discussion card cards place places venue species taxon \
    occurrence object objects exhibit guide guides press-release live audio track tracks playlist playlists game games mod mods plugin \
    theme report reports publication publications paper papers patent standard rfc dp gp ip itm sku model models species ark layers blog \
    gallery map maps station route routes bundle ebook comic issue issues";

/// After one of these, block chains name what everybody may see.
///
/// Source: <https://docs.etherscan.io/>
/// Source: <https://github.com/Blockstream/esplora/blob/master/API.md>
pub(super) const CHAINS: &str = "tx transaction transactions block blocks address addresses token tokens account wallet contract nft ipfs ipns assets collection ethereum";

/// What names content by its own digest or as a public key begins so.
///
/// Source: <https://docs.ipfs.tech/concepts/content-addressing/>
/// Source: <https://github.com/opencontainers/image-spec/blob/main/descriptor.md>
/// Source: <https://atproto.com/specs/did>
/// Source: <https://www.swhid.org/specification/>
/// Source: <https://nips.nostr.com/19>
pub(super) const DIGESTS: &str = "sha256: sha256- sha512- sha1- md5: did:plc: did:key: swh:1: Qm bafy bafk bafz k51q npub1 note1 nprofile1 naddr1 nevent1 pfbid GUID- ark: urn:isbn:";

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
pub(super) const PUBLIC_HOSTS: &str = "files.pythonhosted.org notion.site spiegel.de manager-magazin.de mp.weixin.qq.com virustotal.com upload.wikimedia.org crt.sh web.dev \
    fonts.gstatic.com chromewebstore.google.com microsoftedge.microsoft.com musicbrainz.org snapshot.debian.org openreview.net huggingface.co softwareheritage.org";

/// Hosts that stand in mails for others, and those of things done once, by their first label: every path is one reader's.
///
/// Source: <https://www.twilio.com/docs/sendgrid/ui/account-and-settings/how-to-set-up-link-branding>
pub(super) const ONE_TIME_HOSTS: &str =
    "unsubscribe unsub optout invite verify reset confirm magic click clicks checkin trk ablink ct mailtrack";

/// Names and values that say that a number names a revision (gitweb, cgit, GitLab).
///
/// Source: <https://git-scm.com/docs/gitweb>
/// Source: <https://docs.gitlab.com/api/commits/>
pub(super) const REVISION_NAMES: &str = "commit sha rev revision changeset hb hpb";
pub(super) const REVISION_VIEWS: &str =
    "commit commitdiff tree blob blob_plain blobdiff log shortlog history search snapshot";

/// Messages that everybody may read are named by what looks like somebody's address.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc5064>
/// Source: <https://lore.kernel.org/>
pub(super) const MESSAGES: &str = "message-id msgid msgid-search mid message messages thread m";
pub(super) const MESSAGE_HOSTS: &str =
    "lore.kernel.org inbox.sourceware.org public-inbox.org marc.info lists.sr.ht inbox.vuxu.org yhbt.net";

/// Files that pages are made of: their names hold digests.
///
/// Source: <https://webpack.js.org/guides/caching/>
pub(super) const ASSETS: &str = "js mjs css png jpg jpeg gif webp svg avif ico woff woff2 ttf otf eot wasm map mp3 mp4 webm m4a ogg whl deb rpm jar crate gz";

/// What ends like a domain and is none.
///
/// Source: <https://www.iana.org/assignments/media-types/>
pub(super) const FILES: &str = "js mjs css png jpg jpeg gif webp svg avif ico woff ttf html htm xhtml php aspx pdf json xml txt csv map mp3 mp4 webm zip gz tgz ts tsx jsx rs py go";

/// Words that say that an address is for few.
///
/// Source: the lists above.
pub(super) const FOR_FEW: &str = "share shared link private secret invite invitation token reset confirm verify unlisted hidden draft preview temp \
    session internal confidential";

/// Names for personal feeds and the like in whose company a number is a secret.
///
/// Source: <https://support.google.com/calendar/answer/37648>
pub(super) const PRIVATE_WORDS: &str =
    "private token secret session sess auth key apikey password pwd sid reset invite invitation magic user_token";
