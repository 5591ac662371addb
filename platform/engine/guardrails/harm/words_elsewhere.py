"""Words of other languages for the rules on harmful content, joined to the English ones.

Invariant: small letters, apostrophes removed; no word that means something harmless in another language of the list
("gift", "die", "los").
"""

from __future__ import annotations


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


INSULT = _set("""
hurensohn hurensöhne arschloch wichser missgeburt fotze schlampe nutte drecksau spast abschaum drecksstück
missgeburten bastarde connard connards connasse enculé encule pute putes salope salopes pétasse batard bâtard
fdp pédé merdeux  puta putas zorra gilipollas cabrón cabron pendejo pendeja maricón maricon
malparido hijueputa subnormal imbécil escoria troia puttana stronzo stronza bastardo coglione cretino deficiente
vaffanculo zoccola vadia arrombado otário desgraçado viado cuzão babaca klootzak kankerhoer kankerlijer
hoer slet mongool uitschot kutwijf kurwo kurwa szmata szmato dziwka śmieciu skurwysyn skurwysynu chuju debil
idioto сука суки мразь тварь твари ублюдок ублюдки шлюха пидор мудак урод дебил дебилы чмо гнида ничтожество
orospu piç pezevenk ibne gerizekalı gerizekâlı şerefsiz pislik kahpe  fitta jävel luder
curvă curva nenorocită muist geci kurva szemét buzi svině čubka kokot
""")
GROUPS = _set("""
juden jude muslime türken ausländer schwarze flüchtlinge asylanten migranten schwule lesben behinderte zigeuner
araber russen syrer afrikaner arabes juifs juif noirs musulmans immigrés étrangers réfugiés homosexuels
roms tziganes handicapés moros judíos judios negros inmigrantes gitanos musulmanes extranjeros refugiados
homosexuales ebrei musulmani immigrati stranieri zingari omosessuali rifugiati judeus imigrantes ciganos
muçulmanos estrangeiros índios joden moslims marokkanen buitenlanders vluchtelingen żydzi żydów muzułmanie
uchodźcy ukraińcy cyganie geje евреи евреев мусульмане мигранты мигрантов таджики цыгане геи хохлы чурки
suriyeliler kürtler yahudiler ermeniler mülteciler eşcinseller invandrare muslimer judar
""")
AGAINST = _set("""
raus ungeziefer vergast vergasen abschieben kriminelle verbrecher untermenschen dreck parasiten erschießen
schmarotzer plage dehors voleurs vermine expulser criminels racaille envahissent fuera
plaga escoria animales criminales ladrones matar echarlos muerte fuori parassiti bestie ladri criminali feccia
bruciamo fora praga bandidos ladrões morrer parasitas ongedierte uitschot criminelen dieven afknallen oprotten
robactwo złodzieje bandyci gazu śmiecie wypierdalać паразиты животные убить твари гнать резать haşere defolsun
öldürülmeli geberin ohyra kriminella
""")
HURT = _set("""
töten umbringen ermorden vergiften erstechen vergewaltigen erpressen entführen foltern verprügeln tuer empoisonner
assassiner violer poignarder kidnapper torturer matar envenenar asesinar violar secuestrar torturar apuñalar
uccidere avvelenare ammazzare stuprare rapire accoltellare assassinar estuprar sequestrar esfaquear vermoorden
vergiftigen verkrachten ontvoeren martelen zabić otruć zgwałcić porwać убить отравить зарезать изнасиловать
похитить öldürmek zehirlemek kaçırmak bıçaklamak mörda förgifta
""")
HUMAN = _set("""
jemanden jemand menschen frau mann kind kinder nachbarn quelquun femme enfant enfants mari voisin alguien
mujer hombre niño niña niños marido esposa vecino gente qualcuno donna uomo bambino bambini moglie vicino alguém
mulher homem criança vizinho pessoas iemand vrouw buurman mensen kogoś człowieka dziecko żonę sąsiada человека
людей жену ребенка ребёнка мужа соседа birini karımı çocuk komşumu insan någon
""")
MAKE = _set("""
baue bauen herstellen bastle kaufen kaufe besorgen fälsche fälschen knacken knacke hacke fabriquer acheter
fabrique pirater falsifier hacer fabricar comprar falsificar hackear robar costruire fabbricare comprare compro
falsificare rubare fazer roubar maken maak kopen koop hacken zrobić kupić podrobić włamać сделать купить
изготовить взломать подделать собрать yapılır yaparım yapmak alabilirim hacklerim bygger bygga tillverka
""")
CONTRABAND = _set("""
bombe bomben sprengstoff rohrbombe waffe waffen drogen kokain heroin ausweis falschgeld bombes explosif explosifs
arme cocaïne héroïne drogue stupéfiants bomba bombas explosivo explosivos arma armas cocaína heroína drogas
esplosivo esplosivi armi cocaina eroina droga explosieven wapen cocaïne bombę broń kokainę narkotyki heroinę
бомбу взрывчатку оружие героин кокаин наркотики bomber silah uyuşturucu kokain eroin
""")
