"""Words that carry facts, in many languages: numbers, negations, hedges, days and months, words of which one says
another thing than another, and verbs that only tell that somebody spoke.

A word that is one of these in one language may be any word in another one; it is listed only where that is rare.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from ..base.columns import Hashes
from ..text.normalize import tokenize

NUMBERS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million
billion trillion dozen half third quarter thirds quarters twice thrice hundreds thousands millions billions first second
fourth fifth sixth seventh eighth ninth tenth last next
null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig vierzig fünfzig
hundert tausend million millionen milliarde milliarden dutzend
zéro deux trois quatre cinq sept huit neuf dix onze douze vingt trente quarante cinquante soixante
cent mille millions milliard milliards douzaine
cero dos tres cuatro cinco seis siete ocho nueve diez once doce veinte treinta cuarenta cincuenta cien
ciento mil millón millones docena
due tre quattro cinque sette otto nove dieci venti trenta cento mila milione milioni miliardo miliardi
dois três quatro sete oito dez vinte trinta cem milhão milhões bilhão
twee drie vijf zes zeven acht negen tien twintig honderd duizend miljoen miljard
один два три четыре пять шесть семь восемь девять десять двадцать тридцать сорок пятьдесят сто тысяч тысячи
миллион миллиона миллионов миллиард
dwa dwie dwóch trzy trzech cztery czterech pięć sześć siedem osiem dziewięć dziesięć dwadzieścia sto tysiąc tysiące
tysięcy milion miliony milionów miliard miliardów
två fyra fem sju åtta nio tio elva tolv hundra tusen miljoner miljarder seks syv åtte otte hundre tusind millioner
milliarder
dva dvě tři čtyři pět šest sedm osm devět deset tisíc
iki üç dört beş altı yedi sekiz dokuz yüz milyon milyar
doi două trei patru cinci șase șapte opt nouă zece sută mie milioane
kettő két három négy öt nyolc kilenc tíz száz ezer millió
kaksi kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän kymmenen tuhat miljoonaa miljardia
два дві три чотири п'ять шість сім вісім дев'ять десять тисяч мільйон мільйонів мільярд
δύο τρεις τρία τέσσερις τέσσερα πέντε έξι επτά εφτά οκτώ οχτώ εννέα δέκα είκοσι εκατό χίλια χιλιάδες εκατομμύρια
một hai ba bốn năm sáu bảy tám chín mười trăm nghìn triệu tỷ
satu dua tiga empat lima enam tujuh delapan sembilan sepuluh ratus ribu juta miliar
"""
"""English, German, French, Spanish, Italian (but "sei", with which German reports what somebody said), Portuguese,
Dutch, Russian, Polish, Swedish with Norwegian and Danish, Czech, Turkish, Romanian, Hungarian, Finnish, Ukrainian,
Greek, Vietnamese, Indonesian."""
NEGATIONS = """
not no never none nobody nothing neither nor without cannot
nicht kein keine keinen keiner keinem nie niemand nichts ohne
ne pas jamais aucun aucune rien personne ni sans
nunca ningún ninguna nada nadie sin
non mai nessuno nessuna niente nulla senza
não nunca nenhum nenhuma nem sem
niet geen nooit zonder
не нет никогда никто ничего без
nie nigdy nikt nic bez
inte ingen inget aldrig utan ikke aldri uten aldrig uden
není nikdy nikdo
değil yok
nu niciodată nimeni nimic fără
nem soha senki semmi nélkül
ei eivät ilman
ні ніколи ніхто нічого немає
δεν δε μην όχι ποτέ κανένας τίποτα χωρίς
không chưa
tidak bukan tanpa
"""
"""Of the same languages."""
DATES = """
lundi mardi mercredi jeudi vendredi samedi dimanche
janvier février mars avril mai juin juillet août septembre octobre novembre décembre
lunes martes miércoles jueves viernes sábado domingo
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
lunedì martedì mercoledì giovedì venerdì sabato domenica
gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre
segunda terça quarta quinta sexta janeiro fevereiro março maio junho julho setembro outubro novembro dezembro
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
januari februari maart april juni juli augustus september oktober november december
понедельник вторник среду четверг пятницу субботу воскресенье
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
poniedziałek wtorek środę czwartek piątek sobotę niedzielę
stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
måndag tisdag onsdag torsdag fredag lördag söndag mandag tirsdag lørdag søndag
mars marts maj august augusti desember
pondělí úterý středu čtvrtek pátek sobotu neděli
ledna února března dubna května června července srpna září října listopadu prosince
понеділок вівторок середу четвер п'ятницю суботу неділю
січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
luni marți miercuri joi vineri sâmbătă duminică
ianuarie februarie martie aprilie iunie iulie septembrie octombrie noiembrie decembrie
hétfőn kedden szerdán csütörtökön pénteken szombaton vasárnap
január február március április május június július augusztus szeptember október
maanantaina tiistaina keskiviikkona torstaina perjantaina lauantaina sunnuntaina
tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta
marraskuuta joulukuuta
"""
"""Days and months of most of those languages that write them in lower case; others are names."""
HEDGES = """
alleged allegedly reportedly supposedly purported purportedly apparently presumably suspected
angeblich angebliche angeblichen mutmaßlich mutmaßliche mutmaßlichen offenbar vermutlich anscheinend
prétendument apparemment présumé présumée supuestamente presuntamente presunto presunta presumibilmente alegadamente
supostamente якобы предположительно rzekomo podobno údajně
"""
"""Words without which something is said to be so that nobody knows."""
OPPOSITES = """
he his him himself er ihn ihm il él lui ele hij он его ему
| she her hers herself sie elle ella lei ela zij она её ей
| they them their theirs themselves
| we our ours ourselves
| i my mine myself
| you your yours yourself

man men boy boys male males father son brother husband uncle nephew king prince lord actor spokesman chairman homme
hommes hombre hombres uomo uomini homem homens мужчина mężczyzna
| woman women girl girls female females mother daughter sister wife aunt niece queen princess lady actress
spokeswoman chairwoman femme femmes mujer mujeres donna donne
mulher mulheres женщина kobieta

rose rise rises risen rising climbed climbs increased increase increases increasing gained grew grows growth up higher
upper upward raised raises widened widens stieg stiegen gestiegen wuchs hausse augmenté aumentó aumentato aumento subió
aumentou gestegen выросли вырос
| fell fall falls fallen falling dropped drops decreased decrease decreases decreasing declined decline declines down
lower downward lowered lowers cut cuts narrowed narrows fiel fielen gefallen sank gesunken schrumpfte baisse baissé
diminué bajó cayó diminuito calo caiu gedaald упали упал

won win wins winning winner winners victory gewann gewonnen gagné ganó vinto venceu
| lost lose loses losing loser losers defeat verlor verloren perdu perdió perso perdeu

before earlier vor avant antes prima | after later nach après después dopo depois | during während pendant durante
| since seit depuis desde | until till bis jusque hasta

more most mehr más più mais plus больше | less fewer least weniger menos meno moins minus меньше

guilty convicted schuldig coupable culpable colpevole | innocent acquitted cleared unschuldig inocente innocente

accepted accept accepts agreed agree agrees confirmed confirm confirms admitted admits approved approve approves
supported support supports
said says bestätigte | rejected reject rejects disagreed disagree disagrees refused refuse refuses denied deny denies
opposed oppose opposes bestritt

killed dead died dies getötet tot gestorben tué tués mort morts muertos murieron morti mortos
| injured wounded hurt survived unhurt alive verletzt blessé blessés heridos resultaron feriti feridos
| born birth births

opened open opens | closed close closes shut

started start starts began begin begins | ended end ends finished stopped stop stops

bought buy buys buyer buyers | sold sell sells seller sellers

north northern | south southern | east eastern | west western

above over | below beneath under

for für pour | against gegen contre contra

with mit avec con com | without ohne sans sin senza sem

legal lawful | illegal unlawful

successful success succeeded succeed passed passes | unsuccessful failed fail failure

public | private

old older oldest | new newer newest | young younger youngest

best better | worst worse

doubled double | halved halve | tripled triple

will would shall wird würde sera | may might could | must muss doit | can kann peut | should

good | bad

high | low

large big bigger biggest larger largest | small smaller smallest

long longer longest | short shorter shortest

hot warm | cold

positive | negative

true | false

early | late

create creates created creating | delete deletes deleted deleting | update updates updated updating

add adding | remove removes removed removing

suspend suspends suspended suspending | resume resumes resumed resuming

lift lifts lifted lifting | impose imposes imposed imposing

allow allows allowed allowing permitted | forbid forbids forbidden forbidding banned prohibited

arrived arrives arrival arrivals | departed departs departure departures

strong stronger strongest strengthened | weak weaker weakest weakened

rich richer richest | poor poorer poorest

maximum | minimum

left gauche izquierda sinistra | right droite derecha destra

arrested arrests arrest detained jailed imprisoned | released releases release freed

hired hires hire appointed appoints | fired sacked dismissed

married marries marriage wedding | divorced divorces divorce

borrowed borrows borrow | lent lends lend

murder murders murdered | manslaughter | suicide suicides

victim victims | suspect suspects

teacher teachers | pupil pupils student students

attack attacks attacked | defence defense defended

former | current

same | different

front | back

top | bottom

safe safely | dangerous unsafe

healthy | ill sick

optimistic | pessimistic

conservative conservatives | liberal liberals | socialist socialists

police | army | navy

coal | oil | gas | nuclear | solar

red | blue | green | yellow | black | white

domestic | foreign

temporary temporarily | permanent permanently

profit profits gain gains | loss losses

surplus | deficit

majority | minority

employer employers | employee employees

lender lenders | borrower borrowers

plaintiff plaintiffs | defendant defendants

always | often | sometimes | rarely

all every each | some | many | few

and und et | or oder ou

to into | from

iphone iphones | ipad ipads | imac imacs | itunes | icloud

useful | useless

harmful | harmless

powerful | powerless

careful carefully | careless carelessly

hopeful hopefully | hopeless hopelessly

painful | painless

fruitful | fruitless

minute minutes | hour hours hourly | day days daily tag tage jour jours día días | week weeks weekly woche wochen
semaine semaines semana semanas | month months monthly monat monate monaten mois mes meses
| decade decades | century centuries | year years yearly annual jahr jahre jahren année années año años

am | pm

morning | afternoon | evening | night | noon | midnight

today heute hoy | yesterday gestern ayer | tomorrow morgen mañana

spring | summer | autumn | winter

km kilometre kilometres kilometer kilometers | mile miles | metre metres meter meters | foot feet | inch inches
| yard yards | millimetre millimetres millimeter millimeters mm | centimetre centimetres centimeter centimeters cm | kg
kilo kilos kilogram kilograms kilogramme kilogrammes | pound pounds lb lbs | mg
| g gram grams gramme grammes | ton tons tonne tonnes | ounce ounces oz | ml | litre litres liter liters
| gallon gallons | acre acres | hectare hectares
| dollar dollars | euro euros | yen | franc francs | rupee rupees | rouble roubles ruble rubles | cents | pence
| percent percentage | points
"""
"""Words that say one thing, and behind a line those that say another, which cannot stand in their place: groups lie
apart by an empty line. A word is in one group only."""
PREFIXES = """
un dis non in im il ir de des mis miss anti re en ex out over under sub super pre post pro semi up down
ab an auf aus ein zu vor nach ver ent on ne nie epa не без бес анти
"""
"""What, put before a word, or in place of another of these, makes it say another thing: unfair, inflow and outflow,
Zunahme and Abnahme."""
LOOK_ALIKE = "employer employee employers employees"
"""Words of two meanings that a scanner may make of one another."""
SAYING = """
said says say stated states told tells added adds announced announces informed noted notes explained explains
sagte sagt erklärte teilte
déclaré dit dijo declaró disse detto afferma сказал сообщил
"""
"""Verbs of which any may stand for another where somebody spoke."""
CONTRACTED = "t"
"""What is left of "not" in "didn't"."""

SPOKE, SIDE, GROUP = 4, 8, 256
"""Kinds of words: the bit of verbs of saying; and times what the side of an opposite, and its group, are put in."""


@cache
def fact_hashes() -> Hashes:
    """Of numbers, negations, dates and hedges in words, sorted (uint64)."""
    return np.unique(tokenize([NUMBERS, NEGATIONS, DATES, HEDGES]).hash)


@cache
def contracted() -> np.uint64:
    """Hash of a contracted negation, which is one where no white space stands before it."""
    return np.uint64(tokenize([CONTRACTED]).hash[0])


def opposites() -> list[list[list[str]]]:
    """Groups of sides of words."""
    return [[side.split() for side in group.split("|")] for group in OPPOSITES.strip().split("\n\n")]


def kinds(hashes: Hashes) -> NDArray[np.uint16]:
    """Of each word whether it is a verb of saying, and which side of which group of opposites; 0 for most."""
    known, kind = _kinds()
    place = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    return np.where(known[place] == hashes, kind[place], np.uint16(0))


def are_opposites(one: int, other: int) -> bool:
    """Whether two words, by their kinds, say different things."""
    return one // GROUP == other // GROUP != 0 and one % GROUP // SIDE != other % GROUP // SIDE


@cache
def _kinds() -> tuple[Hashes, NDArray[np.uint16]]:
    """The words that have a kind, sorted by hash, and their kinds."""
    words = dict.fromkeys(SAYING.split(), SPOKE)
    for number, group in enumerate(opposites(), 1):
        for side, its in enumerate(group):
            words |= {word: words.get(word, 0) + number * GROUP + side * SIDE for word in its}
    hashes = tokenize(list(words)).hash
    order = np.argsort(hashes)
    return hashes[order], np.array(list(words.values()), np.uint16)[order]
