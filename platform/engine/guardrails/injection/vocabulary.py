"""Which words of which languages carry the meanings that attacks on an assistant are made of.

Invariant: a word alone says nothing: customers forget, ignore and show things too. Only what stands
together does
(`rules.py`), and how much that says is learnt (`training/injection.py`). A trailing `*` takes every ending;
words of
Latin letters are given without accents; two or three words joined by `_` count as one.
"""

from __future__ import annotations

RESET = """
ignore ignores ignored ignoring disregard* forget forgetting override* overrid* overrule* bypass* neglect*
discard*
supersede* nullif* void abandon unlearn revoke* wipe dismiss skip cancelled canceled pay_no_attention
do_not_follow
don't_follow stop_following no_longer_follow set_aside throw_away ignor ignroe ingore forgot_about
ignorier* vergiss vergesst vergessen missacht* verwirf verwerfe umgeh* uberschreib* beachte_nicht
ignorez oublie oubliez oublier negliger neglige outrepass* contourn* tiens_pas tenez_pas fais_abstraction
faites_abstraction
ignora ignorad ignorar olvida olvidad olvide olvidar olvidate omite descarta caso_omiso hagas_caso anula
ignori ignorate dimentica dimenticate dimenticati scorda scordati trascura tenere_conto
esqueca esquece esquecer esquecam desconsidere desconsidera desconsiderar descarte ignorem
negeer negeren vergeet vergeten overschrijf omzeil
zignoruj ignoruj zignorowac zapomnij pomin omin odrzuc
yoksay yok_say gormezden unut unutun dikkate_alma bosver
ignorera glom ignorer glem ohita unohda zapomen zapomenout ignorujte ignora_tot uita uitati hagyd felejtsd
bo_qua quen abaikan lupakan acuhkan puuza kalimutan huwag_pansinin
игнорир* проигнорир* забуд* забыт* отмени отбрось пренебрег* ігнору* проігнору* забудь*
αγνοησ* ξεχνα ξεχασε* تجاهل تجاهلي انس انسى تغاضى נתעלם התעלם התעלמי תתעלם שכח נادیده نادیده فراموش
अनदेखा नज़रअंदाज़ नजरअंदाज भूल भूलो भुला इग्नोर উপেক্ষা ভুলে
"""
INSTRUCTIONS = """
instruction instructions instrucions instuctions instrctions prompt prompts preprompt directive*
directions programming briefing orders_you
anweisung* instruktion* befehl* eingabeaufforderung systemprompt
consigne* directive* invite instrucciones instruccion indicaciones
istruzion* direttiv* instrucoes instrucao instructies instructie opdracht*
instrukcj* polecen* talimat* yonerge* komut*
instruktioner anvisningar ohjeet ohjeita ohjeistus instrukce pokyny instructiunile utasitas*
huong_dan chi_dan instruksi perintah maagizo tagubilin
инструкц* указани* промпт* директив* системный_промпт інструкц* вказівк*
οδηγι* تعليمات التعليمات تعليماتك تعليماتكم أوامر الأوامر ההוראות הוראות הנחיות ההנחיות دستورات دستورالعمل
निर्देश निर्देशों निर्देशो प्रॉम्प्ट নির্দেশ নির্দেশনা
"""
RULES = """
rule rules guideline* guidance regel regeln richtlinie* vorgabe* regle regles reglas regla directrices
regole regola regras regra diretrizes
regels richtlijn* zasady zasad regul wytyczn* kural* regler pravidla regulile szabaly* quy_tac aturan
правил* κανον* القواعد قواعد قواعدك قوانین नियम नियमों restriction* constraint* commands commandments policy
policies
"""
PRIOR = """
previous previously prior above preceding earlier before initial initially original originally foregoing
former existing
beginning first foregone beforehand preceeding previus prevous aforementioned so_far until_now up_to_now
vorherig* bisherig* vorig* obig* fruher* ursprunglich* anfanglich* zuvor vorangegangen* vorstehend* oben obige
precedent* anterieur* lo_anterior initial* dessus avant anterior* previa* previo* previas previos inicial*
arriba antes
precedent* prima sopra iniziale iniziali anterior* acima inicial* vorige eerdere bovenstaande voorgaande
oorspronkelijke
poprzedni* wczesniejs* powyzs* poczatkow* onceki yukaridaki baslangic ilk
tidigare foregaende ovan tidligere ovenfor aiemm* edellise* predchozi* anterioare korabbi tren truoc
sebelumnya awal zilizopita nakaraang
предыдущ* прежн* вышеуказанн* выше ранее предшеств* изначальн* начальн* попередн* προηγουμεν* παραπανω αρχικ*
السابقة السابق أعلاه سابقة الأولية الأصلية הקודמות הקודם למעלה قبلی पिछले पिछली पूर्व पहले ऊपर আগের
"""
ALL = """
all any every everything anything whole entire each alle alles allen samtlich* gesamt* tout tous toute
toutes todo todos toda
todas cualquier tutto tutti tutte tudo qualquer wszystk* kazde tum butun her_seyi hersey alla allt kaikki
vsechn* toate minden
tat_ca moi semua все всё всех всю любые усі всі ολες ολα όλες όλα كل جميع كافة כל همه सभी सब सारे सारी সব
সমস্ত
"""
YOUR = """
your you're yours thy ur yo du dein* deine* ihre* ihr euer eure ton ta tes votre vos tu tus su sus te ti tuo
tua tuoi tue vostre
seu sua seus suas teu tua jouw uw je jij twoj* twoje twoich tvoj* senin sana din ditt dina sinun ai_tau
твои твой твоих твоей твоя твоё твоём ваши ваш ваших тебе тебя σου σας لك الخاصة_بك خاصتك שלך خود شما
तुम्हारे तुम्हारा आपके आपका आपकी अपने अपना अपनी তোমার আপনার
"""
SYSTEM = """
system systemic sysprompt hidden internal backend underlying pre-prompt preset configuration config setup
system_message
metaprompt meta_prompt systemnachricht systemanweisung* interne versteckte systeme cache interna* sistema
oculta* ocultas
nascosto interno systeembericht systemow* ukryte sistem gizli systemowy jarjestelma
системн* скрыт* внутренн* النظام نظام الخفية מערכת המערכת سیستم सिस्टम छिपे সিস্টেম
"""
REVEAL = """
reveal* show print display output repeat recite dump leak expose disclose spit regurgitate reproduce echo
paste return share
divulge list provide tell give write copy translate summarize summarise paraphrase transcribe quote read_out
what_is what_are
what's what_were what_was spell encode render append restate export convert show_me tell_me give_me dump
hand_over let_me_see
zeig* verrat* nenn* gib gebe wiederhol* ausgeben druck* schreib* offenleg* sag sage ubersetz* was_ist
was_sind wie_lautet wie_lauten
montre* affiche* revele* repete* donne* imprime* ecris dis_moi dites quel_est quelles_sont traduis
muestra* muestrame revela* repite dime imprime escribe dame comparte cual_es cuales_son traduce
mostra* rivela* ripeti scrivi stampa dimmi elenca qual_e quali_sono traduci
mostre revele repita diga imprima escreva me_diga qual_e quais_sao mostrar
toon onthul herhaal vertel geef laat_zien print_je wat_is wat_zijn
pokaz ujawnij powtorz wypisz wyswietl podaj zdradz napisz jakie_sa
goster yazdir acikla soyle tekrarla paylas yaz nedir
visa avsloja upprepa vis gjenta nayta kerro toista ukaz zopakuj vypis arata mutasd ird_ki hien_thi tiet_lo
tampilkan ungkapkan ulangi onyesha ipakita
покажи* выведи раскрой повтори* напиши сообщи выдай скажи расскажи напечатай перечисли каков* покажіть виведи
δειξε δείξε αποκαλυψε εμφανισε επαναλαβε أظهر اعرض اكشف اطبع كرر أخبرني اكتب ما_هي הצג חשוף הדפס הראה
نشان_بده فاش چاپ_کن
दिखाओ दिखाएं बताओ बताएं बताइए प्रिंट दोहराओ लिखो দেখাও প্রকাশ
"""
VERBATIM = """
verbatim word_for_word exactly exact literally character_by_character letter_for_letter in_full full
complete raw code_block codeblock
without_changes unaltered unedited entirety wortlich wort_fur exakt mot_pour textuellement palabra_por
textualmente literalmente
parola_per letteralmente palavra_por letterlijk woord_voor doslownie slowo_w kelimesi aynen дословно слово_в
полностью حرفيا शब्दशः
"""
PERSONA = """
act acting pretend pretending roleplay role-play roleplaying role persona character simulate simulating
simulator impersonate
imagine become embody personify assume portray play alter_ego take_on immerse transform behave
spiel spiele rolle tu_so verhalte stell_dir agiere joue role fais_semblant comporte imagine_que incarne agis
actua actue finge haz_de papel imagina comportate interpreta fingi agisci recita ruolo immagina comportati
interpreta
aja atue finja imagine_que papel doe_alsof gedraag speel rol stel_je udawaj zachowuj wciel rola wyobraz rol
davran canlandir hayal gibi_yap
latsas agera spela opfør later_som притвор* представь действуй веди_себя роль сыграй вообрази προσποιησου
παριστανε تظاهر تصرف تخيل دور העמד_פנים נהג नाटक अभिनय कल्पना ভান
"""
YOU_ARE = """
you_are_now you're_now you_are_going you_will_be you_will_act you_shall you_are_a you_are_an you_are_no
you_will_now now_on
henceforth from_now hereafter going_forward you_must_now ab_jetzt ab_sofort von_nun du_bist_jetzt
du_bist_nun ihr_seid
a_partir desormais tu_es_maintenant tu_es_desormais vous_etes_maintenant dorenavant
ahora_eres de_ahora a_partir_de eres_ahora d'ora_in adesso_sei ora_sei sei_ora agora_voce voce_agora
voce_e_agora de_agora
vanaf_nu je_bent_nu od_teraz jestes_teraz teraz_jestes artik bundan_sonra sen_artik simdi_sen
теперь_ты ты_теперь отныне с_этого_момента من_الآن أنت_الآن מעכשיו_אתה اکنون_شما अब_तुम अब_आप
"""
UNLIMITED = """
unrestricted uncensored unfiltered unlimited unbound unbounded unchained unshackled limitless boundless
jailbreak* jailbroken dan
amoral immoral unethical nonmoral unmoderated unsafe lawless freed liberated broken_free do_anything
anything_now rogue evil
unhinged no_limits no_rules no_restrictions no_filter no_filters without_restrictions without_limits
without_any anti-gpt
hacked free_from free_of freed_from nsfw explicit unconstrained uneingeschrankt* unzensiert* ungefiltert*
ohne_einschrankung*
ohne_regeln ohne_filter sans_restriction* sans_limite* sans_filtre* sans_censure sin_restricciones
sin_limites sin_censura sin_filtros
senza_restrizioni senza_limiti senza_filtri senza_censura sem_restricoes sem_limites sem_filtros sem_censura
zonder_beperkingen
zonder_regels ongecensureerd bez_ograniczen bez_cenzury bez_zasad sinirsiz kisitlamasiz sansursuz
неограниченн* без_ограничений без_цензуры без_правил без_фильтров بدون_قيود بلا_قيود ללא_הגבלות بدون_محدودیت
बिना_किसी प्रतिबंध
"""
LIMITS = """
restrict* limit limits limitation* limited filter filters censor* ethic* moral morals morality legality
guardrail* safeguard* safety boundaries
openai content_policy protocols shackles confines norms principles compliance regulations consequences
moderation alignment
einschrankung* grenzen zensur ethisch* restriction* limites censure ethique* restriccion* censura etic*
restrizion* limiti
restric* beperking* ograniczen* cenzur* kisitlama* sinir* sansur ограничен* цензур* этич* морал* фильтр*
قيود हदود सीमा
"""
REFUSE = """
refuse refusing refusal refusals decline reject sorry apologize apologise apology apologies apologizing
disclaimer disclaimers warnings caveat* inappropriate
can't_assist cannot_fulfill can't_help as_an_ai as_a_language i_cannot i_can't moraliz* lecture judgment
judgement
ablehn* weiger* entschuldig* refuse* refuser refus desole rechazar niegues negarte rifiut* recusar recuse
weiger odmawia* reddet* отказыва* отказ رفض
"""
NEGATION = """
no not never without don't dont doesn't won't cannot can't nothing neither nor kein* nicht nie niemals ohne
ne pas jamais sans no_debes nunca sin non
mai senza nao sem niet geen zonder nie nigdy bez asla hicbir не никогда нельзя без لا لن لم بدون אל לא नहीं
मत कभी
"""
AI = """
ai chatgpt gpt gpt-3 gpt-4 gpt4 llm chatbot language_model ai_model ai_assistant artificial_intelligence
openai anthropic claude gemini bard copilot llama al_model
assistant bot ki sprachmodell ia ia_model modele_de modelo_de modello_di taalmodel model_jezykowy yapay_zeka
ии нейросет* чатгпт языковая ассистент الذكاء_الاصطناعي हوش_مصنوعی एआई
"""
MODE = """
mode modes modus modo tryb modu moduna режим режиме وضع मोड virtual_machine simulator simulation persona_mode
"""
PRIVILEGE = """
developer dev debug debugging debugger maintenance admin administrator root sudo superuser god diagnostic*
diagnostics override_code
unlocked elevated privileged engineering testing test_mode entwickler* wartung* administrateur developpeur
maintenance desarrollador
mantenimiento administrador depuracion sviluppatore manutenzione amministratore desenvolvedor manutencao
ontwikkelaar beheerder programisty
gelistirici bakim разработчик* отладк* администратор* المطور המפתח डेवलपर
"""
ENABLE = """
enable enabled enabling activate activated activating enter entering switch unlock unlocked initiate engage
authorized authorised granted access_granted
aktivier* activa* active activer attiva* ative ativar activeer aktywuj wlacz etkinlestir включи* активируй*
فعل सक्रिय
"""
SECRECY = """
password passwords passphrase passcode secret secrets credential* api_key api_keys access_code confidential
private_key flag keyword
passwort kennwort geheim* geheimnis* mot_de_passe secrete secretes contrasena clave_secreta secreto
parola_d'ordine segreto segreta senha segredo
wachtwoord geheime haslo tajne sifre* gizli_anahtar парол* секрет* كلمة_السر السرية הסיסמה पासवर्ड गुप्त
"""
SAY = """
say respond reply answer just_say only_say just_print simply begin_with start_with start_your begin_your
begin_every end_every
prefix respond_with reply_with answer_with say_yes antworte sag reponds repondez responde respondeme
rispondi responda antwoord odpowiedz odpowiadaj
cevap_ver yanit_ver ответь отвечай أجب ענה जवाब
"""
TEXT = """
text words sentence sentences message messages conversation context paragraph lines line content
everything_above tokens document
text_above worte satz nachricht* texte mots phrase conversation texto palabras frase mensaje* testo parole
messaggi* texto mensagem tekst
zin bericht wiadomos* metin cumle mesaj* текст* слов* сообщен* النص الرسالة הטקסט संदेश
"""
LEARNT = """
told said learned learnt trained training been_given were_given taught programmed instructed know_about
told_you asked_to discussed
gesagt gelernt wurde_dir dit appris dicho aprendido aprendiste dijeron detto imparato ensinado disseram
aprendeu verteld geleerd
powiedziano nauczy* soylenen ogrendig* говорил* сказан* обуч* قيل_لك אמרו कहा बताया_गया
"""
OBEY = """
obey obeys comply complies must_follow follow_all strictly adhere mandatory execute perform fulfil fulfill
under_no always_answer never_refuse no_matter regardless
gehorch* befolg* obei* obedec* suivre sigue obbedi* obedeca gehoorzaam posluch* itaat* подчиня* выполняй*
слушайся أطع पालन
"""
FICTION = """
hypothetical* fictional fiction scenario novel story game imaginary thought_experiment dream movie alternate
universe parallel theoretical*
grandma grandmother hypothetisch* fiktiv* hypothetique fictif hipotetic* ficticio ipotetic* hypothetisch
fikcyjn* varsayimsal гипотетич* вымышлен*
"""
HARM = """
bomb explosive* kill murder meth drugs weapon* hack hacking malware virus ransomware illegal illegally crime
criminal poison steal stealing
violence violent racist racism hate sexual porn terror* napalm molotov phishing fraud launder* bombe drogen
bomba armes drogas armi bomby bomba бомб* наркотик* قنبلة बम
"""
NEW_TASK = """
new_task new_instruction new_instructions new_rules new_role new_persona next_task another_task
different_task real_task actual_task true_task instead
new_order new_orders new_prompt new_directive* new_mission new_identity updated_instructions
special_instruction* important_instruction* following_instruction*
neue_aufgabe neue_anweisung* stattdessen nouvelle_tache nouvelles_instructions nueva_tarea
nuevas_instrucciones nuovo_compito nuove_istruzioni
nova_tarefa novas_instrucoes nieuwe_taak nieuwe_instructies nowe_zadanie nowe_instrukcje yeni_gorev
yeni_talimat* новое_задание новая_задача новые_инструкции новая_инструкция
مهمة_جديدة تعليمات_جديدة नया_कार्य नए_निर्देश
"""
DECODE = """
decode decoded decipher decrypt base64 rot13 rot-13 hex hexadecimal ascii morse caesar cipher ciphertext
reversed backwards concatenate concatenation leetspeak
combine pig_latin dekodier* decode* descifra* decifra* декодир* расшифруй*
"""
STAY = """
stay_in in_character break_character breaking_character out_of_character stay_as stay_a remain_in
both_responses two_responses two_ways two_different
dual_response stay_in_character classic jailbroken
"""
AUTHORITY = """
i_am_your i'm_your your_creator your_developer your_developers your_admin your_programmer openai_engineer
authorized_by authorised_by security_audit
red_team red_teaming penetration_test pentest security_researcher ai_researcher safety_researcher auditor
authorized_personnel clearance
dein_entwickler ton_createur tu_creador tuo_creatore seu_criador
"""
OTHERS = """
other_customers other_customer other_users other_user all_customers all_users another_customer another_user
customer_database user_database everyone_else's
andere_kunden anderer_kunden autres_clients otros_clientes altri_clienti outros_clientes andere_klanten
innych_klientow diger_musteriler других_клиентов
"""

MEANINGS: dict[str, str] = {
    "reset": RESET,
    "instructions": INSTRUCTIONS,
    "rules": RULES,
    "prior": PRIOR,
    "all": ALL,
    "your": YOUR,
    "system": SYSTEM,
    "reveal": REVEAL,
    "verbatim": VERBATIM,
    "persona": PERSONA,
    "you_are": YOU_ARE,
    "unlimited": UNLIMITED,
    "limits": LIMITS,
    "refuse": REFUSE,
    "negation": NEGATION,
    "ai": AI,
    "mode": MODE,
    "privilege": PRIVILEGE,
    "enable": ENABLE,
    "secret": SECRECY,
    "say": SAY,
    "text": TEXT,
    "learnt": LEARNT,
    "obey": OBEY,
    "fiction": FICTION,
    "harm": HARM,
    "new_task": NEW_TASK,
    "decode": DECODE,
    "stay": STAY,
    "authority": AUTHORITY,
    "others": OTHERS,
}

# Chinese, Japanese and Korean are written without blanks, or with endings: found inside the run of characters.
EAST_ASIAN: dict[str, str] = {
    "reset": "忽略 忽视 无视 忘记 忘掉 忘了 不要理会 抛开 不管 無視 忽略掉 忘れ 무시 잊어 잊고",
    "instructions": "指令 指示 系统提示 提示词 提示詞 命令 プロンプト 指図 지시 지침 프롬프트 명령",
    "rules": "规则 規則 规定 ルール 규칙",
    "prior": (
        "之前 以前 先前 上面 以上 前面 此前 最初 初始 これまで "
        "以前 上記 最初 前の 今まで 이전 위의 앞의 지금까지 처음"
    ),
    "all": "所有 全部 一切 任何 すべて 全て 全部 모든 전부",
    "your": "你的 您的 你 您 あなたの あなた 君の 당신의 너의 당신",
    "system": "系统 系統 系统提示 隐藏 内部 システム 隠し 내부 시스템 숨겨진",
    "reveal": (
        "显示 展示 告诉 透露 输出 打印 重复 泄露 列出 写出 表示 "
        "教えて 見せて 出力 示して 繰り返 明かし 보여 알려 출력 공개 반복"
    ),
    "verbatim": "逐字 一字不差 完整 原文 そのまま 一字一句 그대로",
    "persona": "扮演 假装 假设 角色 模拟 充当 演じ ふり なりきっ ロール 役割 振る舞 역할 척 행동",
    "you_are": "从现在开始 从现在起 你现在是 你是一个 今から これから 지금부터 이제부터 너는_이제",
    "unlimited": (
        "不受限制 没有限制 无限制 没有任何限制 越狱 不受任何 "
        "制限なし 制限のない 無制限 検閲なし 제한_없는 제한없는 탈옥"
    ),
    "limits": "限制 道德 审查 过滤 制限 倫理 検閲 제한 윤리 검열",
    "refuse": "拒绝 抱歉 拒否 断ら 거부 거절",
    "negation": "不要 不能 没有 不会 不 ない しないで 않 마라 말고",
    "ai": "人工智能 语言模型 聊天机器人 助手 言語モデル 人工知能 アシスタント 인공지능 언어_모델",
    "mode": "模式 モード 모드",
    "privilege": "开发者 调试 管理员 维护 開発者 デバッグ 管理者 メンテナンス 개발자 디버그 관리자",
    "enable": "启用 进入 激活 开启 有効 起動 切り替え 활성화 전환",
    "secret": "密码 密码 秘密 密钥 口令 パスワード 秘密 合言葉 비밀번호 비밀 암호",
    "say": "回答 回复 只说 答えて 返答 答え 대답 답변",
    "new_task": "新任务 新的任务 新指令 新的指令 新しい指示 新しいタスク 새로운_지시 새로운_작업",
    "obey": "服从 遵守 执行 必须 従っ 従う 実行 복종 따라",
    "harm": "炸弹 毒品 武器 爆弾 麻薬 폭탄",
    "decode": "解码 解密 デコード 디코딩",
    "others": "其他客户 其他用户 他の顧客 他のユーザー 다른_고객",
}
