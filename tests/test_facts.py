"""A careful reader: a paragraph with one fact changed never goes as a copy, and one in other typography does."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from unecho import dedupe
from unecho.choosing import facts
from unecho.choosing.guards import alike, numbers_differ
from unecho.text.normalize import tokenize

CHANGED = [
    "“We have worked on this plan for a year and we believe that it brings jobs back to the region,” {he|she} said.",
    "“We have worked on this plan for a year and we believe that it brings jobs back to the region,” the "
    "{minister|chairman} said on Wednesday.",
    "“We have worked on this plan for a year and we believe that it brings jobs back to the region,” a "
    "{spokesman|spokeswoman} said on Wednesday.",
    "“We have worked on this plan for a year and we believe that it brings jobs back to the region,” "
    "{Anna|Peter} Brown told reporters.",
    "“We have worked on this plan for a year and we believe that it brings jobs back to the region,” said "
    "the {prime|foreign} minister.",
    "“We have worked on this plan for a year and we believe that it brings jobs back to the region,” he "
    "{said.|denied.}",
    "Prices in the region rose by {1.25|12.5} percent in the year to March, the statistics office of the "
    "country reported.",
    "Prices in the region rose by {1.5|15} percent in the year to March, the statistics office of the "
    "country reported.",
    "The company lost 5 {million|billion} dollars in the first quarter of the year, mostly because of higher "
    "prices for fuel.",
    "The company lost {$5m|$5bn} in the first quarter of the year, mostly because of higher prices for fuel and paper.",
    "The company lost {$500|€500} in the first quarter of the year, mostly because of higher prices for fuel "
    "and paper.",
    "Support for the party fell by {5%|5} in the last month, according to a survey of voters in all of the districts.",
    "The storm moved 20 {km|miles} to the north during the night and left hundreds of homes without any power.",
    "Add 200 {g|kg} of flour and stir the dough until it is smooth, then leave it in a warm place for an hour.",
    "The temperature reached {40C|40F} in the shade at noon and the old people of the town were told to stay inside.",
    "The meeting begins at 9 {am|pm} in the town hall and everybody who lives in the district is invited to take part.",
    "The court will hear the case on {3|4} March 2021 in the capital, lawyers of both sides said after the session.",
    "The court will hear the case on 3 {March|May} in the capital, lawyers of both sides said after the session.",
    "The court will hear the case on {03/04/2021|04/03/2021} in the capital, lawyers of both sides said "
    "after the session.",
    "{Monday|Tuesday} is the day on which the court will hear the case against the three men from the old "
    "harbour district.",
    "The home side won the final game of the season {3-1|1-3} in front of more than ten thousand people on a "
    "cold night.",
    "The home side beat the visitors from {Leeds|Arsenal} after {Arsenal|Leeds} lost to them in the first "
    "round of the cup last week.",
    "In the final of the tournament {Smith|Jones} beat {Jones|Smith} in three sets on a sunny day in front "
    "of a full house.",
    "The jury found that {12|30} of the accused were guilty and that {30|12} were not, the judge told the "
    "court on Friday.",
    "The minister did{ not|} know about the payments, a spokesman for the department told the newspaper on Friday.",
    "The minister did{| not} know about the payments, a spokesman for the department told the newspaper on Friday.",
    "The minister {could|couldn't} know about the payments, a spokesman for the department told the "
    "newspaper on Friday.",
    "The minister said that the council of the town was {able|unable} to pay for the repairs of the old bridge.",
    "The minister said that all of the payments were {legal|illegal} and that the department had known of them.",
    "The minister said that the payments were {lawful|unlawful} and that nobody in the department had known "
    "of them before.",
    "The jury found the former mayor {guilty|innocent} of all charges after a trial that lasted for more "
    "than six weeks.",
    "Profits at the company {rose|fell} sharply in the last quarter of the year, the board said in a short statement.",
    "The fire broke out shortly {before|after} the guests had left the hotel, the police said in a short statement.",
    "A {man|woman} was found dead in a flat in the old town on Sunday, the police said in a short statement "
    "to the press.",
    "Most of the members of the town council voted {for|against} the new road at the meeting on Tuesday evening.",
    "The company made a {profit|loss} of several million in the last quarter, the board said in a short statement.",
    "The new rules are meant for people {over|under} the age at which they can leave school, the office reported.",
    "Three people were {killed|injured} when a bus left the road near the village and fell into the river on Sunday.",
    "Two {thirds|quarters} of the money for the new road will come from the region, the minister said on Monday.",
    "The driver of the car was {arrested|released} by the officers on Sunday night, a spokesman for the town said.",
    "The coach was {hired|sacked} by the club in the last week of the season, the board said in a short statement.",
    "The {former|current} head of the office told the newspaper that nobody had known of the payments in the town.",
    "The {king|queen} opened the new hall of the old town in the presence of the mayor and a few hundred guests.",
    "The price of {coal|gas} was lower in March than in any of the months before it, the statistics office said.",
    "Growth was {−0.3|0.3} percent in the year to March, the statistics office of the country reported on Monday.",
    "Ingredients: 200 g flour, two eggs, a cup of milk, salt, pepper, butter, {onions,|garlic,} fresh "
    "parsley and lemon juice.",
    "The team: Adams, Baker, Carter, Dixon, Evans, {Foster,|Fisher,} Graham, Harris, Irving, Jackson and Keller.",
    "The Prime Minister, Theresa May, leaves Downing Street on her way to Parliament. Photo: {John|Mary} "
    "{Smith,|Jones,} Reuters",
    "Readers find the whole list of winners and of the prizes at "
    "{www.example.com/2021/prizes|www.example.com/2022/prizes} and in the paper.",
    "Anyone who saw the accident is asked to call the police in the old town on 01234 {567890|567891} at any hour.",
    "The views do not necessarily reflect those of the paper, in which they stood last week (Weekly 12/09 "
    "{page8|page9})",
    "The statue of King Charles {II|III} stands in the middle of the square in front of the old town hall of the city.",
    "The house was sold by George {W|H} Bush to a neighbour for an undisclosed sum, the agent told the local paper.",
    "The talks with {Iran|Iraq} will go on for another week in the capital, diplomats of several countries said.",
    "The talks with {Austria|Australia} will go on for another week in the capital, diplomats of several "
    "countries said.",
    "The talks with Mr {Hansen|Hanson} will go on for another week in the capital, diplomats of several "
    "countries said.",
    "About {½|¼} of the people in the region live in towns that were built after the war, the office reported.",
    "The garden has an area of 20 {m²|m³} and lies behind the house at the end of the long street in the old town.",
    "Der Minister wusste{| nicht} von den Zahlungen, sagte ein Sprecher der Behörde am Freitag der Zeitung "
    "in der Hauptstadt.",
    "„Wir haben lange an diesem Plan gearbeitet und glauben, dass er der richtige Weg für unsere Region "
    "ist“, sagte {er.|sie.}",
    "Le ministre {|ne }savait{| pas} tout des paiements, a déclaré un porte-parole du département au journal "
    "vendredi soir.",
    "El ministro anunció que {tres|cinco} personas murieron en el accidente ocurrido en la carretera del "
    "norte del país.",
    "Minister poinformował, że {trzy|pięć} {osoby|osób} {zginęły|zginęło} w wypadku, do którego doszło na "
    "drodze na północy kraju w nocy.",
    "Minister powiedział, że{| nie} wiedział o wypłatach i że nikt w urzędzie wcześniej o nich publicznie "
    "mówił w ostatnich latach.",
    "Bakan, başkentte dün yaptığı açıklamada kazada {üç|beş} kişinin öldüğünü ve çok sayıda kişinin "
    "yaralandığını söyledi.",
    "Ministern sade att {tre|fem} personer omkom i olyckan som inträffade på vägen i norra delen av landet "
    "under natten.",
    "Ministern sade att han{| inte} visste om betalningarna och att ingen på departementet hade talat om dem "
    "under året.",
    "Министр сообщил, что {три|пять} {человека|человек} погибли в аварии, произошедшей на дороге на севере "
    "страны прошлой ночью.",
    "Министр сообщил, что{| не} знал о выплатах и что в ведомстве о них говорили многие сотрудники в течение "
    "прошлого года.",
    "Об этом сообщил журналистам губернатор области {Иванов|Петров} после встречи с жителями города в "
    "прошлую пятницу вечером.",
    "新华社北京三月五日电，国务院总理在会上作了政府工作报告，提出今年经济增长百分之{六|五}的目标，并强调稳定就业。",
    "据统计，去年全市共有1{2|3}00家企业获得贷款支持，总金额超过30亿元，比前一年有明显增长，带动了就业。",
    "他在接受记者采访时表示，公司{|不}会裁员，并将继续在当地投资建设新的工厂，为居民提供更多的工作机会和培训。",
    "市长{王|李}伟在周一的新闻发布会上说，新的地铁线路将于明年开通，预计每天运送数十万名乘客往返于市区和郊区。",
    "東京都は五日、新たに{三|四}百人の感染を確認したと発表した。重症者は前の日より二人増えて十五人となった。",
    "首相は記者団に対し、来年の春までに選挙を実施{する|しない}考えだと述べ、与党の幹部とも協議を続けると説明した。",
    "นายกรัฐมนตรีกล่าวว่ารัฐบาลจะจัดสรรงบประมาณ {500|700} ล้านบาทเพื่อช่วยเหลือผู้ประสบภัยน้ำท่วมในภาคใต้ของประเทศ",
    "นายกรัฐมนตรีกล่าวว่ารัฐบาลจะ{|ไม่}จัดสรรงบประมาณเพื่อช่วยเหลือผู้ประสบภัยน้ำท่วมในภาคใต้ของประเทศในปีนี้",
    "قال الوزير إن {ثلاثة|خمسة} أشخاص قتلوا في الحادث الذي وقع على الطريق في شمال البلاد خلال الليلة الماضية.",
    "قال الوزير إنه{| لا} يعرف شيئا عن المدفوعات وإن أحدا في الوزارة تحدث عنها خلال الأعوام الماضية أمام الصحافة.",
    "मंत्री ने कहा कि देश के उत्तर में सड़क पर हुए हादसे में {तीन|पांच} लोगों की मौत हो गई और कई लोग घायल हो गए हैं।",
    "मंत्री ने कहा कि वह भुगतान के बारे में{| नहीं} जानते थे और विभाग में इस पर कई बार चर्चा भी हुई थी पिछले साल के दौरान।",
    "장관은 지난밤 북부 지역 도로에서 발생한 사고로 {세|다섯} 명이 숨지고 "
    "여러 명이 다쳤다고 기자들에게 밝혔다 그리고 조사를 약속했다.",
    "Ο υπουργός ανακοίνωσε ότι {τρεις|πέντε} άνθρωποι σκοτώθηκαν στο δυστύχημα που έγινε στον δρόμο στα "
    "βόρεια της χώρας.",
    "השר הודיע כי {שלושה|חמישה} בני אדם נהרגו בתאונה שאירעה בכביש בצפון המדינה במהלך הלילה האחרון של השבוע הזה.",
    "Bộ trưởng cho biết {ba|năm} người thiệt mạng trong vụ tai nạn xảy ra trên đường ở phía bắc đất nước vào đêm qua.",
    "Il ministro ha detto che {tre|cinque} persone sono morte nell'incidente avvenuto sulla strada nel nord "
    "del paese nella notte.",
    "O ministro disse que{| não} sabia dos pagamentos e que ninguém no departamento havia falado deles durante o ano.",
    "The {mayor|governor} said: “We have worked on this plan for a year and we believe that it will bring "
    "jobs to the town.”",
    "“We have worked on this plan for a year,” the {mayor|governor} said, “and we believe that it will bring "
    "jobs to the town.”",
    "Police arrest {man|woman} after shooting outside a school in the north of the city",
    "Three dead after bus falls into river near the old town of {Leeds|York}",
    "The council of Harrow agreed on Tuesday to close the old bridge over the river for repairs until the "
    "spring, and it {will|may} be paid by the state.",
    "The council of Harrow agreed on Tuesday to close the old bridge over the river for repairs until the "
    "spring, and the traders {must|can} pay for it.",
    "The council of Harrow agreed on the {last|first} day of January to close the old bridge over the river "
    "for repairs.",
    "The patient had blood of type {A|B} and was given two bags of it on the way to the clinic in the capital.",
    "The bank lowered the rating of the country from AA to {A|B} after the vote on the budget in the parliament.",
    "The new phone is sold as {X200|X300} in most shops of the country and costs less than the one of the last year.",
    "The suspect lived with his {brother|sister} in the north of the town and had no job, the police said that night.",
    "The suspect lived with his {mother|father} in the north of the town and had no job, the police said that night.",
    "Sales of the paper have {doubled|halved} in the last ten years while those of others in the country "
    "stayed as they were.",
    "Der Gewinn der Firma ist im letzten Jahr stark {gestiegen,|gesunken,} wie der Vorstand in einer kurzen "
    "Mitteilung sagte.",
    "Les ventes de la société sont en {hausse|baisse} depuis le début de l’année, a indiqué la direction "
    "dans un communiqué.",
    "El tribunal verá el caso el 3 de {junio|julio} en la capital, dijeron los abogados de ambas partes tras "
    "la sesión.",
    "Le tribunal examinera l’affaire le 3 {mars|mai} dans la capitale, ont déclaré les avocats des deux "
    "parties hier soir.",
    "Суд рассмотрит дело 3 {июня|июля} в столице, сообщили адвокаты обеих сторон журналистам после окончания "
    "заседания.",
    "Il tribunale esaminerà il caso {lunedì|venerdì} nella capitale, hanno detto gli avvocati delle due "
    "parti dopo la seduta.",
    "Ministrul a spus că {trei|patru} persoane au murit în accidentul produs pe drumul din nordul țării în "
    "timpul nopții.",
    "A miniszter szerint {három|négy} ember halt meg a balesetben, amely az éjjel történt az ország északi "
    "részén az úton.",
    "Ministerin mukaan {kolme|neljä} ihmistä kuoli onnettomuudessa, joka tapahtui yöllä tiellä maan "
    "pohjoisosassa talvella.",
    "Ministerin mukaan hallitus{| ei} aikoo korottaa veroja ensi vuonna ja leikata menoja monilla aloilla koko maassa.",
    "Menteri mengatakan bahwa {tiga|lima} orang tewas dalam kecelakaan yang terjadi di jalan di utara negara "
    "itu tadi malam.",
    "وزیر گفت که {سه|پنج} نفر در تصادفی که دیشب در جاده ای در شمال کشور رخ داد کشته شدند و چند نفر زخمی شدند.",
    "Tárgyalja a bíróság az ügyet {hétfőn|pénteken} a fővárosban, mondták a két fél ügyvédei az ülés után az "
    "újságíróknak.",
    "A bíróság {június|július} 3-án tárgyalja az ügyet a fővárosban, mondták a két fél ügyvédei az ülés után este.",
    "Soud bude případ projednávat v {pondělí|pátek} v hlavním městě, řekli po jednání právníci obou stran novinářům.",
    "Instanța va judeca procesul {miercuri|vineri} în capitală, au spus avocații ambelor părți după ședința de aseară.",
    "Oikeus käsittelee asiaa {tiistaina|torstaina} pääkaupungissa, osapuolten asianajajat kertoivat istunnon "
    "jälkeen illalla.",
    "Il ministro ha detto che {sei|cinque} persone sono morte nell'incidente avvenuto sulla strada nel nord "
    "del paese nella notte.",
    "This command {enables|disables} the log of events on the server in the next room and on all of its neighbours.",
    "The company made a {profit|loss} in the last quarter of the year, the board said in a short statement on Friday.",
    "The court found for the {plaintiff|defendant} after a trial that lasted for more than six weeks in the capital.",
    "据统计，去年全市共有1200家企业获得贷款支持，总金额超过30{亿|万}元，比前一年有明显增长，带动了就业。",
    "Monday | 9 am | Room 4 | Mathematics with Dr Brown | all students of the {second|first} year",
    "Monday | morning | Room 4 | {Mathematics|Chemistry} | Dr Brown | all students | second year",
    "“We have worked on this plan for a year and we believe that it brings jobs back to the region,” {they|we} said.",
    "The driver of the red lorry {allegedly |}went through the lights at the corner of the square before it was seen.",
    "Whoever was born in the town {and|or} had worked there for a year was asked to come to the hall in the evening.",
    "The parcels were sent {from|to} the old harbour in the north of the island in the weeks before it was closed.",
    "The shop on the corner of the old square sold every {iPhone|iPad} that it had by the end of the first morning.",
    "The boats lay in the harbour {during|before} the storm of last week, as the owners of the island told reporters.",
    "The council told reporters that what it had done {every|some} year for the sick of the town had been useful.",
    "All that the council had done in the hall for the sick of the town had been {harmful|harmless} to them, it said.",
]
"""Paragraphs and, in braces, how they were changed: what stands before the line, and what behind."""
WRITTEN = [
    '{"We|“We} have worked on this plan for more than a year and we believe that it is the right way to '
    "bring jobs back to the {region,\"|region,”} he said on Monday at the {company's|company’s} office.",
    "The deal {-|—} the largest of its kind {-|—} was signed on Monday in the presence of both ministers and "
    "of 300 guests.",
    "The fund paid 12{ |\u00a0}000{ |\u00a0}000 euros to the 300 families of the village after the flood of "
    "last summer.",
    "The {five|5} men were found in the house near the harbour late at night and taken to the hospital.",
    "{„Wir|»Wir} haben lange an diesem Plan gearbeitet und glauben, dass er der richtige Weg für unsere "
    "Region {ist“,|ist«,} sagte er.",
    "Die {Straße|Strasse} wurde am Montag wegen des {großen|grossen} Andrangs für mehrere Stunden in beiden "
    "Richtungen gesperrt.",
    'Об этом сообщил {«Интерфаксу»|"Интерфаксу"} губернатор области Иванов после встречи с жителями города в '
    "прошлую пятницу вечером.",
    "{Ещё|Еще} раз об этом сообщил журналистам губернатор области {Королёв|Королев} после встречи с жителями "
    "города в пятницу вечером.",
    '市长王伟在周一的新闻发布会上说{：“|:"}新的地铁线路将于明年开通{，|,}预计每天运送数十万名乘客往返于市区和郊区{。”|."}',
    "据统计，去年全市共有{1200|\uff11\uff12\uff10\uff10}家企业获得贷款支持，总金额超过{30|\uff13\uff10}亿元，比前一年有明显增长，带动了就业。",
    'قال الوزير {"إن|«إن\u0651} ثلاثة أشخاص {قتلوا|ق\u064fتلوا} في {الحادث"|الحادث»} الذي وقع على الطريق في '
    "شمال البلاد خلال الليلة الماضية.",
    "قال الوزير إن {35|\u0663\u0665} شخصا قتلوا في الحادث الذي وقع على الطريق في شمال البلاد خلال الليلة "
    "الماضية من الأسبوع.",
    "The council of Harrow agreed on Tuesday to close the old bridge over the river for repairs until the "
    "{spring...|spring…} and no longer than that.",
    "The council of Harrow agreed on Tuesday to close the old bridge over the river for repairs until the "
    "spring after the {official|of\ufb01cial} had {filed|\ufb01led} the {figures|\ufb01gures} for the "
    "{office.|of\ufb01ce.}",
    "The council of Harrow agreed on Tuesday to close the old bridge over the river for repairs until the "
    "spring as the {administration|admin\u00adistration} said.",
    "The council of Harrow agreed on Tuesday to close the old bridge over the river for repairs until the "
    "spring as {the|the\u200b} administration said.",
    "The council of Harrow agreed on Tuesday to close the old bridge over the river for repairs until the "
    "spring and asked for an {e-mail|email} from all.",
    "The council of Harrow agreed on Tuesday to close the old bridge over the river for repairs until the "
    "spring, {Mr|Mr.} Smith and {Mrs|Mrs.} Jones told the paper.",
    "The council of Harrow agreed on Tuesday to close the old bridge over the river for repairs until the "
    "spring, as the {U.S.|US} embassy told the paper.",
    "The council of Harrow agreed on Tuesday to close the old bridge over the river for repairs until the "
    "spring at 9 {p.m.|pm} on that day as planned.",
    "The council of Harrow agreed on Tuesday to close the old bridge over the river for repairs until the "
    "spring at {9pm|9 pm} on that day as planned.",
    "The council of Harrow agreed on Tuesday to close the old bridge over the river for repairs until the "
    "spring, Mr {O'Neill|O’Neill} told the paper that week.",
    "The council of Harrow agreed on Tuesday to close the old bridge over the river for repairs until the "
    "spring and the {café|cafe} {José|Jose} {Pérez|Perez} owns there too.",
    "The council of Harrow agreed on Tuesday to close the old bridge over the river for repairs until the "
    "spring as {20%|20 per cent} of the people had asked.",
    "The council of Harrow agreed on Tuesday to close the old bridge over the river for repairs until the "
    "spring as {20 percent|20%} of the people had asked.",
    "The council of Harrow agreed on Tuesday to close the old bridge over the river for repairs until the "
    "spring at a cost of {$5 million|$5m} for the town.",
    "The council of Harrow agreed on Tuesday to close the old bridge over the river for repairs until the "
    "spring some {20 km|20km} from the town of Leeds.",
    "The council of Harrow agreed on Tuesday to close the old bridge over the river for repairs until the "
    "spring at a cost of 12{ |\u2009}000 euros to the town.",
    "The council of Harrow agreed on Tuesday to close the old bridge over the river for repairs until the "
    "spring at a cost of {12,000|12 000} euros to the town.",
    "The council of Harrow agreed on Tuesday to close the old bridge over the river for repairs until the "
    "spring at a cost of {12,000|12000} euros to the town.",
    "The council of Harrow agreed on Tuesday to close the old bridge over the river for repairs until the "
    "spring after Leeds won {3-1|3–1} at home that day.",
    "The council of Harrow agreed on Tuesday to close the old bridge over the river for repairs until the "
    "spring for the {first|1st} time in that century.",
    "The council of Harrow agreed on Tuesday to close the old bridge over the river for repairs until the "
    "spring after a {well-known|well} {long-term|known long term} plan failed.",
    "{-|•} The council of Harrow agreed on Tuesday to close the old bridge over the river for repairs until the spring",
    "The council of Harrow agreed on Tuesday to close the old bridge over the river for repairs until the "
    "spring as Smith {and|&} Sons had asked them to.",
    'Le conseil de Nantes a {décidé|décidé:} {: « le|"le} pont sera {fermé|fermé"} {» jusqu’au|jusqu\'au} '
    "printemps, selon la mairie de la {ville !|ville!}",
    "นายกรัฐมนตรีกล่าวว่ารัฐบาลจะจัดสรรงบประมาณ {500|๕๐๐} ล้านบาทเพื่อช่วยเหลือผู้ประสบภัยน้ำท่วมในภาคใต้ของประเทศ",
    "Der Minister sagte, dass er von den Zahlungen an die Firma in der Hauptstadt nichts gewusst habe und dass die "
    "Behörde in der Sache nun aufgefordert {ist,|sei,} alle Akten an das Gericht zu geben.",
    "मंत्री ने कहा कि देश के उत्तर में सड़क पर हुए हादसे में {25|२५} लोगों की मौत हो गई और कई लोग घायल हो गए हैं।",
    "मंत्री ने कहा कि देश के उत्तर में सड़क पर हुए हादसे में 25 लोगों की मौत हो गई और कई लोग घायल हो गए {हैं।|हैं.}",
]
"""The same, where only the way of writing differs."""
LONGER = "The rest of the report was written by our own people and stands nowhere else, in print or on the air."


def ways(marked: str) -> list[str]:
    """The paragraph as it was, and as it is when changed."""
    return [re.sub(r"\{([^{|]*)\|([^}]*)\}", rf"\{side}", marked) for side in (1, 2)]


def copies(marked: str) -> Iterator[int]:
    """How many paragraphs go where one way is printed after the other, and the other way about."""
    one, other = ways(marked)
    for first, second in ((one, other), (other, one)):
        yield len(dedupe([("a", f"{first}\n\n{LONGER}"), ("b", second)], clean="off").removals)


@pytest.mark.parametrize("marked", CHANGED)
def test_a_changed_fact_keeps_a_paragraph(marked: str) -> None:
    assert list(copies(marked)) == [0, 0]


@pytest.mark.parametrize(
    "words",
    """
    fair|unfair constitutional|unconstitutional dependent|independent legal|illegal moral|immoral regular|irregular
    honest|dishonest violent|nonviolent understood|misunderstood estimated|underestimated overrated|underrated
    inflows|outflows importers|exporters uphill|downhill möglich|unmöglich zunehmend|abnehmend einfuhr|ausfuhr
    connu|inconnu conocido|desconocido доволен|недоволен souhlasily|nesouhlasily
    """.split(),  # noqa: SIM905
)
def test_a_prefix_that_makes_a_word_say_another_thing_keeps_a_paragraph(words: str) -> None:
    told = f"All that they had brought from the town was {{{words}}} to whoever looked at it in the light of day."
    assert list(copies(told)) == [0, 0]


@pytest.mark.parametrize("words", ["andere|undere", "missed|misssed", "entitled|enttitled"])
def test_a_prefix_that_a_scanner_misread_keeps_none(words: str) -> None:
    told = f"All that they had {{brought|brouqht}} from the town was {{{words}}} to whoever looked at it in the light."
    assert list(copies(told)) == [1, 1]


@pytest.mark.parametrize(
    "edit", ["some 300 {people|residents} of the town", "as he said, {however|though}, of the old one"]
)
def test_a_word_that_an_editor_exchanged_keeps_none(edit: str) -> None:
    """Nor one behind a number or between commas, of which no list says that it tells another thing."""
    council = (
        "The council of Harrow agreed on Tuesday to close the bridge over the river for repairs until the spring, "
    )
    assert list(copies(council + edit)) == [1, 1]


@pytest.mark.parametrize("marked", WRITTEN)
def test_another_way_of_writing_keeps_none(marked: str) -> None:
    assert list(copies(marked)) == [1, 1]


def test_what_differs_is_told() -> None:
    assert numbers_differ(["12", "fell", "nicht", "t", "€", "three"]) == (
        "numbers differ: 12, €, three; negations differ: nicht, n't; words differ: fell"
    )
    quote = "Profits at the company {rose|fell} sharply in the last quarter of the year, the board said in a statement."
    result = dedupe([("a", f"{ways(quote)[0]}\n\n{LONGER}"), ("b", ways(quote)[1])], clean="off")
    assert [member.why for cluster in result.clusters for member in cluster.members] == ["words differ: fell"]


def test_opposites_are_words_each_on_one_side_and_unlike_the_others() -> None:
    groups = facts.opposites()
    words = [word for group in groups for side in group for word in side]
    assert len(words) == len(set(words))
    assert len(groups) * facts.GROUP < 1 << 16 and max(map(len, groups)) * facts.SIDE <= facts.GROUP
    assert len(tokenize([*words, *facts.SAYING.split()]).hash) == len(words) + len(facts.SAYING.split())
    for group in groups:
        for number, side in enumerate(group):
            others = [word for other in group[number + 1 :] for word in other]
            same = {(word, other) for word in side for other in others if alike(word, other)}
            assert same <= {("ele", "elle"), ("depois", "depuis")}  # of two languages


def test_kinds_tell_opposites_and_who_spoke() -> None:
    rose, fell, lost, said, mill = facts.kinds(tokenize(["rose fell lost said mill"]).hash).tolist()
    assert facts.are_opposites(rose, fell)
    assert not facts.are_opposites(rose, rose) and not facts.are_opposites(rose, lost)
    assert not facts.are_opposites(mill, mill) and mill == 0
    assert said & facts.SPOKE and not rose & facts.SPOKE
