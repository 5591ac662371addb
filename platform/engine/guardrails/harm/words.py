"""The words by which the rules on harmful content recognise who does what to whom.

Invariant: small letters, apostrophes removed ("dont"); English, as requests to harm are mostly typed in it.
"""

from __future__ import annotations

from engine.guardrails.harm import words_elsewhere as elsewhere


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


HURT = _set("""
kill kills killing killed murder murders murdering murdered stab stabs stabbing shoot shooting strangle
strangling choke choking poison poisoning torture torturing kidnap kidnapping abduct abducting behead
beheading lynch lynching assassinate assassinating rape raping raped molest molesting drown drowning
suffocate suffocating maim maiming cripple mutilate mutilating slaughter slaughtering massacre exterminate
exterminating gas bomb bombing attack attacking assault assaulting beat beating hurt hurting harm injure
injuring punch punching slap slapping kick smash smashing crush break burn burning execute executing
enslave traffic stalk stalking harass harassing bully bullying blackmail blackmailing threaten threatening
intimidate intimidating extort extorting dox drug drugging electrocute slit disembowel dismember cut
shank whack ambush
throttle batter annihilate eliminate terminate destroy humiliate groom grooming abuse abusing exploit
exploiting sexually traumatize brainwash manipulate radicalize radicalise scam scamming robbing mugging
spy spying defraud
decapitate burying torch torching trample scald whip flog starve starving infect cheat trick bribe frame
seduce undress enslaving oppress persecute sterilise sterilize castrate hang hanging shove
""")
DEADLY = _set("""
kill kills killing murder murdering stab stabbing shoot strangle behead torture rape raping lynch
assassinate exterminate slaughter massacre maim dismember electrocute disembowel poison kidnap abduct
suffocate gas burn bury smash slit bomb beat hurt
""")
HUMAN = _set("""
someone somebody someones somebodys person persons people human humans man men woman women girl girls boy
boys child children kid kids baby babies toddler toddlers teen teens teenager teenagers minor minors
student students classmate classmates teacher teachers neighbour neighbours neighbor neighbors wife husband
girlfriend boyfriend ex spouse mother father mom mum dad parents brother sister son daughter family
grandmother grandma boss coworker coworkers colleague colleagues roommate friend stranger strangers
inmate inmates hostages guard pupil pupils niece nephew stepdaughter stepson stepfather
stepmother aunt uncle pensioner pensioners widow widows tenant tenants passenger passengers intern interns
employee protesters worshippers infant infants newborn rival rivals maid cyclist cyclists girlfriends cop
cops police officer officers judge witness politician politicians president minister senator mayor
journalist journalists celebrity pedestrian pedestrians crowd elderly lady guy guys him her them tourist
tourists civilians hostage prostitute prostitutes landlord victim victims individual individuals immigrant
immigrants refugees muslim muslims jew jews jewish christians blacks whites gays lesbians homosexuals
mexicans asians arabs infidels everyone everybody anyone users customers employees dog dogs cat cats puppy
puppies kitten pet pets animals
""")
MAKE = _set("""
make making build building create creating produce producing manufacture manufacturing cook cooking
synthesize synthesise assemble construct develop developing design write writing code program buy buying
get getting obtain acquire acquiring purchase order sell selling smuggle smuggling traffic trafficking
distribute grow find steal stealing forge forging print use using deploy launch launching spread plant
detonate hack hacking bypass give send generate spreading exploit commit committing evade run running join
recruit fund launder laundering hide dispose counterfeit crack clone skim break rob robbing start plan
organize organise carry perform instructions recipe guide tutorial steps ingredients inhale snort smoke
inject
""")
CONTRABAND = _set("""
bomb bombs explosive explosives ied grenade grenades molotov napalm dynamite nitroglycerin thermite
silencer firearm firearms gun guns rifle ammunition machinegun landmine weapon weapons bioweapon bioweapons
anthrax ricin sarin cyanide botulinum smallpox poison poisons toxin toxins chlorine uranium plutonium
nuclear pistol shank rifles ammo detonator detonators missiles chloroform xanax oxycontin opioid amphetamine
psychedelic psilocybin steroid opium passports cheques banknotes kidney kidneys slave slaves hoax propaganda
deepfake deepfakes slurs nudes loot meth methamphetamine methamphetamines cocaine crack heroin fentanyl
lsd ecstasy mdma opium opioids
ghb rohypnol crystal ketamine drugs narcotics cannabis marijuana marihuana weed steroids malware ransomware
spyware trojan worm virus viruses keylogger keyloggers botnet rootkit exploit ddos phishing spoofing
backdoor counterfeit forged fake ponzi pyramid scam scams fraud embezzle bribe bribes bribery extortion
ransom blackmail arson terrorist terrorism terror jihad isis genocide massacre murder suicide robbery heist
burglary theft kidnapping assassination trafficking hitman assassin organs ivory porn pornography
pornographic launder corpse ssn
""")
CRIME = _set("""
bomb bombs explosive explosives ied molotov napalm thermite silencer bioweapon bioweapons anthrax ricin
sarin meth methamphetamine cocaine heroin fentanyl lsd ecstasy mdma ghb rohypnol malware ransomware spyware
keylogger botnet rootkit ddos counterfeit ponzi arson hitman genocide massacre heist jihad isis launder
laundering embezzle embezzling trafficking shoplift shoplifting hotwire burglarize burgle rob
robbing pickpocket defraud extort extorting bribe bribing blackmail smuggle smuggling forge forging poach
carjack hijack plagiarize dox doxx vandalize vandalise racist sexist defamatory propaganda hoax fraudulent
illegal illegally untraceable undetected unlicensed evade steal stealing abduct stalk blackmailing genocide
necrophilia bestiality cannibalism
terrorists thermite detonator counterfeiting forging pipebomb assassinate unregistered underage shank
chloroform deepfake swatting catfishing skimming jailbait groping
""")
SEXUAL = _set("""
porn porno pornographic pornography hentai xxx nudes naked horny erotic erotica orgasm masturbate
masturbating masturbation blowjob blowjobs handjob dicks cock cocks penis vagina pussy pussies cum cumming
tits titties boobs fuckable anal bdsm incest stepsister stepmom slut sluts whore whores milf sexting sext
camgirl escort hooker hookers sexual sexually sex nsfw lewd fetish threesome dildo cunt
""")
EXPLICIT = _set("""
hentai horny erotic erotica orgasm masturbate masturbating masturbation blowjob blowjobs handjob cock cocks
cum cumming pussy pussies titties incest stepsister milf sexting dildo threesome porn porno pornographic
nsfw lewd gangbang
""")
MINORS = _set("""
child children minor minors underage teen teens teenager teenagers schoolgirl schoolgirls preteen toddler
kid kids boy girl loli lolita infant
""")
INSULT = _set("""
bitch bitches bitchass hoes whore whores slut sluts cunt cunts asshole assholes motherfucker motherfuckers
motherfuckin mofo dickhead prick bastard bastards scum scumbag scumbags trash vermin subhuman pig pigs rat
rats cockroach cockroaches parasite parasites savages savage filth filthy degenerate degenerates freak
freaks moron morons idiot idiots imbecile dumbass fatass skank ugly twat wanker pussy pussies pathetic
worthless disgusting inferior vile skanky cockroaches inbred thugs monkeys monkey apes ape animals illegals
terrorists pedos pedophiles rapists invaders
""")
SWEAR = _set("""
fuck fucking fucked fucker fuckers fuckin fuckn fck fuk effing shit shitty shits bullshit bs crap crappy
damn damned goddamn dammit hell ass arse bloody piss pissed suck sucks sucked wtf stfu fml screw bollocks
bugger wank dickhead jerk goddam
""")
GROUPS = _set("""
women woman females muslim muslims islam jew jews jewish black blacks white whites gay gays lesbian
lesbians trans transgender transgenders immigrant immigrants migrants refugee refugees disabled mexican
mexicans chinese indian indians african africans asian asians arab arabs christian christians foreigner
foreigners homosexual homosexuals latino latinos hispanics roma turk turks poles russians hindus atheists
bisexuals pakistanis feminists liberals conservatives ethnic minorities race races color colour israelis
palestinians somalis americans autistic mentally handicapped girls catholics natives aboriginals
syrians nigerians iranians afghans albanians romanians bulgarians ukrainians koreans japanese vietnamese
filipinos brazilians cubans haitians jamaicans puerto kurds armenians buddhists sikhs mormons lgbt lgbtq
queers dwarfs homeless zionists
minority ethnicity ethnicities foreigners migrant disabilities
""")
AGAINST = _set("""
hate hates hated despise deport deported exterminate exterminated kill killed gas gassed shoot burn rid
inferior subhuman vermin scum filth filthy dirty disgusting trash parasites disease plague cockroaches
animals rapists criminals thieves terrorists stupid ugly lazy worthless evil invading invaders ruin ruining
destroy destroying superior supremacy genocide lynch lynched cleansing segregated segregation banned ban
deserve belong beaten wiped rats pigs monkeys apes savages kitchen breed breeding outbreed cancer retarded
degenerate degenerates sick mock ridicule violence slaves slavery less dumb send
thugs leeches leech primitive uncivilized barbarians whores sluts gassing
shot hang hanged drown sterilised sterilized cancer breeding
unfit unclean impure perverts pervert freaks freak sinners abomination
rape raping lying liars idiots morons
""")
WARY = _set("""
game games gaming minecraft gta zelda film films movie movies novel novels character characters scene
fiction fictional story book books play actor python process processes linux server java javascript code
sql terminal task script thread mosquito mosquitoes weeds weed ants rats rat mice mouse bacteria germs
virus bug bugs insects spider spiders cockroaches time lights engine battery recipe eggs garlic cake chess
record photo photos wedding movie balloon stress fear fears doubts habit competition exam dragon zombie
zombies boss level prevent prevention preventing protect protection against report reporting stop avoid
detect recognise recognize help support victim victims survivor history historical museum essay definition
meaning mean
""")
THREAT_TO = _set("you your youre u ur yall yourself staff manager agent agents office headquarters")
FIRST = _set("i ill im we well gonna ima imma id")
ASKED = _set("""
what who when where which why did was were is are
""")
WILL = _set("""
will gonna going ill ima gotta want should hope deserve deserves
""")
GOING_TO = _set("ill ima imma gonna well deserve deserves should")
HIDING = frozenset((
    "without being caught", "without getting caught", "without anyone", "without them", "without her",
    "without him", "without his", "without their", "not get caught", "no one will", "nobody will know",
    "without permission", "without consent", "without a trace", "without leaving", "undetected",
    "not be noticed", "without being", "get away with", "untraceable", "cover up", "in secret", "secretly",
    "look like an accident", "no one finds", "nobody finds", "without a licence", "without a license",
    "without a prescription", "against her will", "against their will", "without the police",
    "avoid detection", "evade detection", "illegally", "off the books", "without raising suspicion",
    "without somebody", "without someone", "black market", "dark web", "darknet", "deep web",
))  # fmt: skip
HURT |= elsewhere.HURT
DEADLY |= elsewhere.HURT
HUMAN |= elsewhere.HUMAN
MAKE |= elsewhere.MAKE
CONTRABAND |= elsewhere.CONTRABAND
CRIME |= elsewhere.CONTRABAND
GROUPS |= elsewhere.GROUPS
AGAINST |= elsewhere.AGAINST
INSULT |= elsewhere.INSULT
