"""Danger is found quickly, and exactly as if every pattern of every language had been tried in turn."""

from __future__ import annotations

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import danger
from bot.danger import ORDER, WHOLE, Finder, Lexicon
from bot.normal import kana, spaceless
from bot.source import read

LEXICON: Lexicon = danger.load(ROOT / "faq")
FILES = {file.stem: read(file, []) or {} for file in sorted((ROOT / "faq/danger").glob("*.yaml"))}
EXAMPLES = sorted(
    {text for rows in FILES.values() for row in rows.values() for text in row.get("examples", ())}
)
WORDS = sorted({word for text in EXAMPLES for word in text.split()})
LOCALES = [None, "ja", "ja-simple", "en", *sorted(FILES)]

# Since an earthquake nobody is reached: the entry on finding family, not the card that says to run.
# Poor is not suicidal, but who is both is in danger.
TOLD = {
    "am": {
        "quake": [
            "ትልቅ የመሬት መንቀጥቀጥ ነው ልጆቼ እያለቀሱ ነው እርዱኝ",
            "እናቴን ማግኘት አልቻልኩም ከመሬት መንቀጥቀጡ ፍርስራሽ ስር ናት",
            "ከመሬት መንቀጥቀጡ ጀምሮ ሚስቴን አላገኘሁም። ቤቱ እንደገና እየተንቀጠቀጠ ነው",
            "ሱናሚ እየመጣ ነው ባሌን አላገኘሁም",
        ],
        "suicide": [
            "ገንዘብ የለኝም መሞት እፈልጋለሁ",
            "ኪራይ መክፈል አልቻልኩም ራሴን ማጥፋት እፈልጋለሁ",
        ],
        None: [
            "ከመሬት መንቀጥቀጥ በኋላ እናቴን ማግኘት አልቻልኩም ቤተሰቤን እንዴት አገኛለሁ እርዱኝ",
            "የመሬት መንቀጥቀጥ ነበር ባሌ ስልክ አያነሳም አሁን",
            "የመሬት መንቀጥቀጥ አሁን ከቤተሰቤ ጋር እንዴት ልገናኝ",
            "ከመሬት መንቀጥቀጥ ጀምሮ ከወንድሜ ዜና የለም እርዱኝ",
            "በዚህ ደሞዝ መኖር አንችልም እርዳታ እንዴት እናገኛለን",
            "የኪራይ ገንዘብ የለኝም መኖር አልቻልኩም የት ላመልክት",
        ],
    },
    "ar": {
        "quake": [
            "زلزال قوي أولادي يبكون ساعدوني",
            "لا أستطيع الوصول إلى أمي هي تحت الأنقاض بسبب الزلزال",
            "من الزلزال ما عم اقدر اوصل لمرتي. البيت عم يهتز مرة تانية",
            "تسونامي قادم ولا أجد زوجي",
        ],
        "suicide": [
            "ما عندي فلوس وبدي اموت",
            "لا أستطيع دفع الإيجار أريد أن أنتحر",
        ],
        None: [
            "لا أستطيع الاتصال بأمي منذ الزلزال الكبير كيف أجد عائلتي",
            "صار زلزال قوي وزوجي لا يرد على الهاتف",
            "زلزال قوي أريد التواصل مع عائلتي",
            "لا أخبار عن أخي منذ الزلزال ساعدوني",
            "بهذا الراتب لا نستطيع العيش كيف نطلب المساعدة",
            "لا أستطيع العيش بدون مال للإيجار كيف أطلب الإعانة",
        ],
    },
    "en": {
        "quake": [
            "big earthquake, my children are crying, help",
            "i cannot reach my mother, she is trapped under the rubble after the earthquake",
            "Cannot contact my wife since the earthquake. The house is shaking again",
            "tsunami is coming and i cannot find my husband",
        ],
        "suicide": [
            "i have no money and i want to die",
            "I can't pay rent, I want to kill myself",
        ],
        None: [
            "I cannot reach my mother since the big earthquake, how do I find my family?",
            "there was a strong earthquake and my husband does not answer the phone",
            "big earthquake happened, how can I contact my family",
            "no news from my brother since the earthquake just now",
            "we cannot live on this salary, can we get public assistance",
            "can't live without money for rent, which office helps",
        ],
    },
    "es": {
        "quake": [
            "fuerte terremoto, mis hijos lloran, ayuda",
            "no puedo contactar a mi madre, está atrapada bajo los escombros del terremoto",
            "No localizo a mi esposa desde el terremoto. La casa está temblando otra vez",
            "viene un tsunami y no encuentro a mi marido",
        ],
        "suicide": [
            "no tengo dinero y quiero morir",
            "no puedo pagar la renta, me quiero matar",
        ],
        None: [
            "no puedo comunicarme con mi madre desde el terremoto grande, cómo encuentro a mi familia",
            "hay un terremoto fuerte y mi esposo no contesta el teléfono",
            "terremoto grande, cómo contacto a mi familia",
            "no tengo noticias de mi hermano desde el terremoto, ayuda",
            "con este sueldo ya no se puede vivir, puedo pedir ayuda pública",
            "ya no puedo vivir así sin dinero para la renta, cómo pido ayuda",
        ],
    },
    "fa": {
        "quake": [
            "زلزله شدید بچه هایم گریه می کنند کمک",
            "به مادرم دسترسی ندارم زیر آوار زلزله مانده",
            "از زلزله به زنم دسترسی ندارم. خانه باز می‌لرزد",
            "سونامی میاد شوهرم را پیدا نمی‌کنم",
        ],
        "suicide": [
            "پول ندارم می خواهم بمیرم",
            "کرایه را نمی توانم بدهم خودم را می کشم",
        ],
        None: [
            "از زلزله شدید نمی‌توانم با مادرم تماس بگیرم خانواده‌ام را چطور پیدا کنم",
            "زلزله بزرگ آمد شوهرم تلفن را جواب نمی‌دهد",
            "زلزله شدید آمد چطور با خانواده‌ام در تماس شوم",
            "الان زلزله شد از برادرم بی‌خبرم کمک",
            "با این معاش زندگی نمی‌توانیم چطور کمک بگیریم",
            "دیگر نمی‌توانم زندگی کنم پول کرایه ندارم کجا درخواست بدهم",
        ],
    },
    "fil": {
        "quake": [
            "malakas na lindol umiiyak ang mga anak ko tulong",
            "hindi ko makontak si nanay naipit siya sa gumuhong bahay dahil sa lindol",
            "Di ko makontak ang asawa ko simula lindol. Yumayanig ulit ang bahay",
            "may tsunami parating di ko makita ang asawa ko",
        ],
        "suicide": [
            "wala akong pera gusto ko nang mamatay",
            "di ko mabayaran ang upa magpapakamatay ako",
        ],
        None: [
            "mula noong malakas na lindol di ko makontak si nanay, paano hahanapin ang pamilya ko",
            "malakas na lindol at hindi sumasagot ang asawa ko sa tawag",
            "malakas na lindol paano kokontakin ang pamilya ko",
            "walang balita sa kapatid ko mula sa lindol tulong",
            "hindi na kami mabubuhay sa sahod na ito paano humingi ng tulong",
            "wala akong pera sa upa di na ako mabubuhay saan mag-apply",
        ],
    },
    "fr": {
        "quake": [
            "gros séisme, mes enfants pleurent, aidez-nous",
            "je n'arrive pas à joindre ma mère, elle est coincée sous les décombres du séisme",
            "Impossible de joindre ma femme depuis le séisme. La maison tremble encore",
            "un tsunami arrive et je ne trouve pas mon mari",
        ],
        "suicide": [
            "je n'ai plus d'argent et je veux mourir",
            "je ne peux pas payer le loyer, je veux me tuer",
        ],
        None: [
            "je n'arrive pas à contacter ma mère depuis le grand séisme, comment retrouver ma famille",
            "gros tremblement de terre et mon mari ne décroche pas",
            "fort séisme, je veux contacter ma famille",
            "je suis sans nouvelles de mon frère depuis le séisme, aidez-moi",
            "on ne peut plus vivre avec ce salaire, comment demander une aide",
            "on ne peut pas vivre sans argent pour le loyer, quel bureau",
        ],
    },
    "hi": {
        "quake": [
            "बहुत तेज भूकंप आया मेरे बच्चे रो रहे हैं मदद करो",
            "माँ से संपर्क नहीं हो रहा वो भूकंप में मलबे के नीचे दबी है",
            "भूकंप से पत्नी से संपर्क नहीं। घर फिर हिल रहा है",
            "सुनामी आ रही है पति नहीं मिल रहे",
        ],
        "suicide": [
            "पैसे नहीं हैं मरना चाहता हूँ",
            "किराया नहीं दे सकता आत्महत्या कर लूंगा",
        ],
        None: [
            "तेज भूकंप से माँ से संपर्क नहीं हो रहा परिवार को कैसे ढूँढूँ",
            "भूकंप आया पति फोन नहीं उठा रहे",
            "बड़ा भूकंप आया परिवार से कैसे संपर्क करूँ",
            "भूकंप आया भाई की कोई खबर नहीं",
            "इस पैसे से जी नहीं सकते सरकारी सहायता कैसे मिलेगी",
            "किराए के पैसे नहीं अब जी नहीं सकता कहाँ आवेदन करूँ",
        ],
    },
    "id": {
        "quake": [
            "gempa besar anak saya menangis tolong",
            "saya tidak bisa menghubungi ibu dia tertimpa bangunan saat gempa",
            "Sejak gempa istri tidak bisa dihubungi. Rumah bergoyang lagi, goyang keras",
            "tsunami datang suami saya tidak ketemu",
        ],
        "suicide": [
            "saya tidak punya uang saya mau mati",
            "tidak bisa bayar sewa saya mau bunuh diri",
        ],
        None: [
            "sejak gempa besar saya tidak bisa menghubungi ibu, bagaimana mencari keluarga",
            "gempa kuat dan suami saya tidak angkat telepon",
            "gempa besar bagaimana cara menghubungi keluarga",
            "tidak ada kabar dari adik sejak gempa tolong",
            "tidak bisa hidup dengan gaji ini bagaimana minta bantuan",
            "tidak sanggup hidup tanpa uang sewa ke kantor mana",
        ],
    },
    "ja": {
        "quake": [
            "大地震だ、子どもが泣いています、助けて",
            "母と連絡が取れません、地震で家の下敷きになっています",
            "地震から妻と連絡が取れません。また家が揺れています",
            "津波が来る、夫が見つからない",
        ],
        "suicide": [
            "お金がない、死にたい",
            "家賃が払えない、自殺したい",
        ],
        None: [
            "大地震から母と連絡が取れません、家族をどう探せばいいですか",
            "大地震のあと夫が電話に出ません",
            "地震が来た、家族に連絡する方法は",
            "地震が来てから弟の安否がわからない",
            "この給料では生きていけません、生活保護を受けられますか",
            "家賃が高くて暮らせません、支援はありますか",
        ],
    },
    "ja-simple": {
        "quake": [
            "おおきい じしんです こどもが ないています たすけて",
            "ははと れんらくが とれません じしんで いえが つぶれて したじきです",
            "じしんから つまと れんらく できません。またいえが ゆれています",
            "つなみが くる おっとが みつからない",
        ],
        "suicide": [
            "おかねが ない しにたい",
            "やちんが はらえない じさつしたい",
        ],
        None: [
            "おおきい じしんから ははと れんらくが とれません かぞくを どう さがしますか",
            "つよい じしんで おっとが でんわに でません",
            "おおきい じしんです かぞくに れんらくしたいです",
            "じしんです おとうとの あんぴが わかりません",
            "この きゅうりょうでは いきていけません せいかつほごを うけられますか",
            "やちんが たかくて くらせません しえんは ありますか",
        ],
    },
    "ko": {
        "quake": [
            "큰 지진이 났어요 아이들이 울어요 도와주세요",
            "엄마와 연락이 안 돼요 지진으로 무너진 건물에 깔렸어요",
            "지진 이후 아내를 못 찾아요. 집이 또 흔들려요",
            "쓰나미가 와요 남편을 못 찾겠어요",
        ],
        "suicide": [
            "돈이 없어요 죽고 싶어요",
            "월세를 못 내요 자살하고 싶어요",
        ],
        None: [
            "큰 지진 이후로 엄마와 연락이 안 돼요 가족을 어떻게 찾나요",
            "지진 났는데 남편이 전화를 안 받아요",
            "지진 났어요 가족에게 어떻게 연락해요",
            "지진 났는데 동생 소식이 없어요",
            "이 월급으로는 못 살겠어요 지원을 어떻게 받아요",
            "월세가 비싸서 더는 못 살겠어요 어디서 도와줘요",
        ],
    },
    "ku": {
        "quake": [
            "erdhejek mezin bû zarokên min digirîn hewar",
            "ji erdhejê diya min di bin kavilan de ma, xwe nagihînim wê",
            "Ji erdhejê ve nikarim bigihêjim jina xwe. Xanî dîsa dihejê",
            "tsunami tê mêrê xwe nabînim",
        ],
        "suicide": [
            "perê min tune ez dixwazim bimirim",
            "nikarim kirê bidim ez ê xwe bikujim",
        ],
        None: [
            "ji erdheja mezin ve nikarim bigihêjim diya xwe, malbata xwe çawa bibînim",
            "erdheja mezin çêbû mêrê min bersivê nade telefonê",
            "erdhej çêbû çawa têkilî bi malbata xwe re daynim",
            "erdhej çêbû ji birayê min agahî tune",
            "bi vî meaşî nikarim bijîm, alîkarî ji ku bixwazim",
            "kirê zêde ye êdî nikarim bijîm ser kîjan ofîsê herim",
        ],
    },
    "my": {
        "quake": [
            "ငလျင်ကြီးလှုပ်တယ် ကလေးတွေ ငိုနေတယ် ကူညီပါ",
            "အမေနဲ့ ဆက်သွယ်လို့မရဘူး ငလျင်ကြောင့် တိုက်အောက်မှာ ပိနေတယ်",
            "ငလျင်ကတည်းက ဇနီးနဲ့ ဆက်သွယ်လို့မရဘူး။ အိမ် ထပ် လှုပ်နေတယ်",
            "ဆူနာမီ လာနေပြီ ယောက်ျားကို ရှာမတွေ့ဘူး",
        ],
        "suicide": [
            "ပိုက်ဆံမရှိဘူး သေချင်တယ်",
            "အိမ်လခ မပေးနိုင်ဘူး ကိုယ့်ကိုယ်ကို သတ်သေချင်တယ်",
        ],
        None: [
            "ငလျင်ကြီးလှုပ်ပြီး အမေနဲ့ ဆက်သွယ်လို့မရဘူး မိသားစုကို ဘယ်လိုရှာရမလဲ",
            "ငလျင်လှုပ်သွားတယ် ယောက်ျား ဖုန်းမကိုင်ဘူး",
            "ငလျင်ကြီးလှုပ်တယ် မိသားစုကို ဘယ်လိုဆက်သွယ်ရမလဲ",
            "ငလျင်လှုပ်တယ် ညီလေး သတင်းမရဘူး",
            "ဒီလစာနဲ့ မနေနိုင်တော့ဘူး ထောက်ပံ့ကြေး ဘယ်လိုလျှောက်ရမလဲ",
            "အိမ်လခ မရှိလို့ မရပ်တည်နိုင်တော့ဘူး ဘယ်ရုံးသွားရမလဲ",
        ],
    },
    "ne": {
        "quake": [
            "ठूलो भूकम्प आयो मेरा बच्चा रुँदैछन् सहयोग गर्नुस्",
            "आमालाई सम्पर्क भएन भूकम्पमा घरमुनि पुरिनुभएको छ",
            "भूकम्पदेखि श्रीमतीसँग सम्पर्क भएन। घर फेरि हल्लिरहेको छ",
            "सुनामी आउँदैछ श्रीमान भेटिएन",
        ],
        "suicide": [
            "पैसा छैन मर्न मन लाग्यो",
            "भाडा तिर्न सक्दिन आत्महत्या गर्छु",
        ],
        None: [
            "ठूलो भूकम्प गयो आमालाई सम्पर्क गर्न सकिन परिवार कसरी खोज्ने",
            "भूकम्प आयो श्रीमानले फोन उठाउनु भएन",
            "भूकम्प आयो परिवारसँग कसरी कुरा गर्ने",
            "भर्खर भूकम्प गयो भाइको कुनै खबर छैन",
            "यो तलबले बाँच्न सकिँदैन सरकारी सहायता कसरी पाइन्छ",
            "भाडा तिर्ने पैसा छैन अब बाँच्न सक्दिन कहाँ निवेदन दिने",
        ],
    },
    "ps": {
        "quake": [
            "سخته زلزله ده ماشومان مې ژاړي مرسته",
            "مور سره مې اړیکه نشي د زلزلې تر خاورو لاندې ده",
            "له زلزلې راهیسې خپله ښځه نه شم موندلی. کور بیا ښوري",
            "سونامي راځي خاوند مې نه پیدا کېږي",
        ],
        "suicide": [
            "پیسې نلرم غواړم مړ شم",
            "کرایه نشم ورکولی ځان وژنم",
        ],
        None: [
            "له سختې زلزلې وروسته مور سره اړیکه نشم نیولی کورنۍ څنګه پیدا کړم",
            "لویه زلزله وشوه خاوند مې تلیفون نه پورته کوي",
            "سخته زلزله وشوه له کورنۍ سره څنګه اړیکه ونیسم",
            "زلزله وشوه د ورور احوال مې نشته مرسته",
            "په دې معاش ژوند نشو کولی مرسته څنګه واخلو",
            "نور ژوند نشم کولی د کرایې پیسې نلرم چیرته درخواست وکړم",
        ],
    },
    "pt": {
        "quake": [
            "terremoto forte, meus filhos estão chorando, socorro",
            "não consigo falar com minha mãe, ela está presa nos escombros do terremoto",
            "Não acho minha esposa desde o terremoto. A casa está balançando de novo",
            "tsunami chegando e não encontro meu marido",
        ],
        "suicide": [
            "não tenho dinheiro e quero morrer",
            "não consigo pagar o aluguel, quero me matar",
        ],
        None: [
            "não consigo falar com minha mãe desde o terremoto forte, como encontro minha família",
            "terremoto forte e meu marido não atende o telefone",
            "terremoto grande, como entro em contato com minha família",
            "estou sem notícias do meu irmão desde o terremoto, ajuda",
            "com esse salário não dá mais para viver, posso pedir auxílio",
            "não aguento mais viver sem dinheiro para o aluguel, como peço ajuda",
        ],
    },
    "ru": {
        "quake": [
            "сильное землетрясение, дети плачут, помогите",
            "не могу дозвониться маме, она под завалами после землетрясения",
            "Жена не отвечает после землетрясения. Дом опять трясет",
            "цунами идет, не могу найти мужа",
        ],
        "suicide": [
            "нет денег хочу умереть",
            "не могу платить за квартиру хочу покончить с собой",
        ],
        None: [
            "после сильного землетрясения не могу связаться с мамой, как найти семью",
            "было сильное землетрясение, муж не берет трубку",
            "сильное землетрясение, как связаться с семьей",
            "нет вестей от брата, землетрясение было только что",
            "на эту зарплату жить невозможно, как получить пособие",
            "нет денег на аренду, больше не могу так жить, куда подать заявление",
        ],
    },
    "si": {
        "quake": [
            "ලොකු භූමිකම්පාවක් ළමයි අඬනවා උදව් කරන්න",
            "අම්මට කතා කරන්න බැහැ භූමිකම්පාවෙන් ගෙදර සුන්බුන් යට යටවෙලා",
            "භූමිකම්පාවෙන් පස්සේ නෝනා හොයාගන්න බැහැ. ගෙදර ආයෙත් හෙල්ලෙනවා",
            "සුනාමියක් එනවා මහත්තයා හොයාගන්න බෑ",
        ],
        "suicide": [
            "සල්ලි නැහැ මට මැරෙන්න ඕන",
            "කුලිය ගෙවන්න බැහැ මම සියදිවි නසාගන්නවා",
        ],
        None: [
            "ලොකු භූමිකම්පාවක් අම්මව සම්බන්ධ කරගන්න බැහැ පවුලේ අය හොයාගන්නේ කොහොමද",
            "ලොකු භූමිකම්පාවක් මහත්තයා ෆෝන් එක උස්සන්නේ නැහැ",
            "ලොකු භූමිකම්පාවක් පවුල සම්බන්ධ කරගන්නේ කොහොමද",
            "භූමිකම්පාවක් දැන් මල්ලි ගැන ආරංචියක් නැහැ",
            "මේ පඩියෙන් ජීවත් වෙන්න බැහැ ආධාර ගන්නේ කොහොමද",
            "කුලියට සල්ලි නැහැ තවත් ජීවත් වෙන්න බැහැ අයදුම් කරන්නේ කොහෙද",
        ],
    },
    "th": {
        "quake": [
            "แผ่นดินไหวแรงมาก ลูกๆร้องไห้ ช่วยด้วย",
            "ติดต่อแม่ไม่ได้ แม่ติดอยู่ใต้ตึกถล่มจากแผ่นดินไหว",
            "ตั้งแต่แผ่นดินไหวติดต่อภรรยาไม่ได้! บ้านกำลังสั่นอีก",
            "สึนามิกำลังมา หาสามีไม่เจอ",
        ],
        "suicide": [
            "ไม่มีเงิน อยากตาย",
            "จ่ายค่าเช่าไม่ได้ อยากฆ่าตัวตาย",
        ],
        None: [
            "แผ่นดินไหวใหญ่แล้วติดต่อแม่ไม่ได้ จะหาครอบครัวได้ยังไง",
            "แผ่นดินไหวแรงมากสามีไม่รับโทรศัพท์",
            "แผ่นดินไหวแรง อยากติดต่อครอบครัว",
            "แผ่นดินไหวแล้วไม่มีข่าวจากน้องชาย",
            "เงินเดือนแค่นี้อยู่ไม่ได้แล้ว ขอความช่วยเหลือยังไง",
            "ไม่มีเงินค่าเช่าบ้าน อยู่ต่อไปไม่ไหว ยื่นเรื่องที่ไหน",
        ],
    },
    "tr": {
        "quake": [
            "büyük deprem oldu çocuklarım ağlıyor imdat",
            "anneme ulaşamıyorum depremde enkaz altında kaldı",
            "Depremden beri eşime ulaşamıyorum. Ev yine sallanıyor",
            "tsunami geliyor kocamı bulamıyorum",
        ],
        "suicide": [
            "param yok ölmek istiyorum",
            "kirayı ödeyemiyorum kendimi öldüreceğim",
        ],
        None: [
            "büyük depremden beri anneme ulaşamıyorum ailemi nasıl bulurum",
            "büyük deprem oldu kocam telefonu açmıyor",
            "şiddetli deprem oldu ailemle nasıl iletişim kurarım",
            "deprem oldu kardeşimden haber alamıyorum",
            "yaşayamıyorum bu parayla, sosyal yardım nasıl alınır",
            "kira çok yüksek artık yaşayamıyorum nereye başvururum",
        ],
    },
    "uk": {
        "quake": [
            "сильний землетрус, діти плачуть, допоможіть",
            "не можу додзвонитись мамі, її завалило під час землетрусу, вона під уламками",
            "Дружина не відповідає після землетрусу. Будинок знову трясе",
            "цунамі йде, не можу знайти чоловіка",
        ],
        "suicide": [
            "немає грошей хочу померти",
            "не можу платити за квартиру хочу вкоротити собі віку",
        ],
        None: [
            "сильний землетрус, не можу зв'язатися з мамою, як знайти родину",
            "був великий землетрус, чоловік не бере слухавку",
            "сильний землетрус, як сконтактувати з сім'єю",
            "немає звісток від брата, землетрус щойно був",
            "на цю зарплату жити неможливо, як отримати допомогу",
            "немає грошей на оренду, більше не можу так жити, куди подати заяву",
        ],
    },
    "ur": {
        "quake": [
            "بہت تیز زلزلہ آیا میرے بچے رو رہے ہیں مدد",
            "امی سے رابطہ نہیں ہو رہا وہ زلزلے کے ملبے تلے ہیں",
            "زلزلے سے بیوی سے رابطہ نہیں۔ گھر پھر ہل رہا ہے",
            "سونامی آ رہا ہے شوہر نہیں مل رہے",
        ],
        "suicide": [
            "پیسے نہیں ہیں مرنا چاہتا ہوں",
            "کرایہ نہیں دے سکتا خودکشی کرنا چاہتا ہوں",
        ],
        None: [
            "شدید زلزلے سے امی سے رابطہ نہیں ہو رہا خاندان کو کیسے ڈھونڈوں",
            "زلزلہ آیا شوہر فون نہیں اٹھا رہے",
            "شدید زلزلہ آیا گھر والوں سے کیسے رابطہ کروں",
            "زلزلہ آیا بھائی کی کوئی خبر نہیں",
            "اس تنخواہ میں جی نہیں سکتے امداد کیسے ملے گی",
            "کرائے کے پیسے نہیں اب جی نہیں سکتا کہاں درخواست دوں",
        ],
    },
    "vi": {
        "quake": [
            "động đất mạnh con tôi khóc cứu với",
            "không liên lạc được với mẹ, mẹ bị vùi trong nhà sập vì động đất",
            "Từ lúc động đất không gọi được vợ. Nhà đang rung lại",
            "sóng thần đang tới không thấy chồng tôi",
        ],
        "suicide": [
            "tôi hết tiền tôi muốn chết",
            "không trả được tiền nhà tôi muốn tự tử",
        ],
        None: [
            "từ lúc động đất mạnh tôi không liên lạc được với mẹ, làm sao tìm gia đình",
            "động đất lớn chồng tôi không nghe máy",
            "vừa động đất làm sao liên lạc với gia đình",
            "không có tin tức của em trai từ trận động đất lớn",
            "lương này không sống nổi làm sao xin trợ cấp",
            "không có tiền nhà không sống nổi nữa nộp đơn ở đâu",
        ],
    },
    "zh-Hans": {
        "quake": [
            "大地震，孩子们在哭，救命",
            "联系不上我妈，地震把她压在房子下面了",
            "地震以后找不到老婆。房子又在摇",
            "海啸来了，找不到我老公",
        ],
        "suicide": [
            "没钱了，我想死",
            "没钱没工作，活不下去了，想死",
        ],
        None: [
            "大地震之后联系不上妈妈，怎么找家人",
            "地震了，老公不接电话",
            "地震了，怎么联系家人",
            "地震了，弟弟没有消息",
            "日子过不下去了，怎么申请生活保护",
            "没钱活不下去了怎么申请补助",
        ],
    },
}  # fmt: skip

# In panic: short, misspelt, in other words than the examples. One does not breathe; blood; the door is broken
# in; hands at the throat; the sea took a child; smoke on the stairs. The kinds are in this order.
PANIC_KINDS = ("medical", "medical", "crime", "violence", "sea", "fire")
PANIC = {
    "am": (
        "አባቴ አይተነፍስም",
        "ደም በየቦታው ነው",
        "በሩን ሰብረው ገቡ",
        "አንገቴን እያነቀኝ ነው",
        "ልጁን ባህር ወሰደው",
        "ደረጃው ላይ ጭስ ሞላ",
    ),
    "ar": (
        "بابا مابيتنفسش",
        "دم بكل مكان",
        "كسرو الباب ودخلو",
        "عم يخنقني",
        "البحر اخد الولد",
        "دخان عالدرج",
    ),
    "en": (
        "dad not breathing",
        "blood everywhere",
        "they broke door",
        "he choke me",
        "sea took boy",
        "smoke on stairs",
    ),
    "es": (
        "papa no respira",
        "sangre por todos lados",
        "rompieron la puerta y entraron",
        "me esta aorcando",
        "el mar se llevo al niño",
        "humo en las escaleras",
    ),
    "fa": (
        "بابام نفس نمیکشه",
        "همه جا خون است",
        "در را شکستند آمدند داخل",
        "گلویم را فشار میده",
        "دریا پسر را برد",
        "دود در زینه",
    ),
    "fil": (
        "di humihinga si tatay",
        "puro dugo na",
        "sinira nila pinto pumasok",
        "sinasakal nya ko",
        "tinangay ng dagat yung bata",
        "may usok sa hagdan",
    ),
    "fr": (
        "papa respir plu",
        "du sang partou",
        "ils on casé la porte",
        "il m'etrangle",
        "la mer a emporté le petit",
        "fumée ds lescalier",
    ),
    "hi": (
        "पापा सांस नहीं ले रहे",
        "हर जगह खून",
        "दरवाजा तोड़ दिया",
        "मेरा गला दबा रहा है",
        "समुद्र लड़के को ले गया",
        "सीढ़ी में धुआं",
    ),
    "id": (
        "bapak ga nafas",
        "darah dimana mana",
        "mereka dobrak pintu",
        "dia cekik saya",
        "anak dibawa ombak",
        "asap di tangga",
    ),
    "ja": (
        "お父さん息してない",
        "血だらけです",
        "ドア壊されて入ってきた",
        "首絞めてくる",
        "子どもが波に持っていかれた",
        "階段に煙",
    ),
    "ja-simple": (
        "ちちが いきを しません",
        "ちだらけ たすけて",
        "ドアを こわして はいってきた",
        "くびを しめられています",
        "こどもが うみに もっていかれた",
        "かいだんに けむり",
    ),
    "ko": (
        "아빠 숨 안쉬어요",
        "온 사방에 피",
        "문 부수고 들어왔어요",
        "목을 졸라요",
        "애가 파도에 휩쓸렸어",
        "계단에 연기",
    ),
    "ku": (
        "bavo nefesê nastîne",
        "xwîn li her derê ye",
        "derî şkandin ketin hundir",
        "min dixeniqîne",
        "behrê kurik bir",
        "duman li derencan",
    ),
    "my": (
        "အဖေ အသက်မရှူတော့ဘူး",
        "သွေးတွေ နေရာတိုင်းမှာ",
        "တံခါးဖျက်ပြီး ဝင်လာတယ်",
        "လည်ပင်းညှစ်နေတယ်",
        "ကလေး ပင်လယ်ထဲ ပါသွားပြီ",
        "လှေကားမှာ မီးခိုးတွေ",
    ),
    "ne": (
        "बुबा सास फेर्दैनन्",
        "जताततै रगत",
        "ढोका फोरेर भित्र आए",
        "मेरो घाँटी थिच्दैछ",
        "समुद्रले केटालाई लग्यो",
        "भर्याङमा धुवाँ",
    ),
    "ps": (
        "پلار مې ساه نه اخلي",
        "هر ځای وینه ده",
        "دروازه یې ماته کړه",
        "مرۍ مې خپه کوي",
        "سمندر هلک یوړ",
        "په زینو کې لوګی",
    ),
    "pt": (
        "pai nao respira",
        "sangue pra todo lado",
        "arrombaram a porta",
        "ele ta me enforcando",
        "o mar levou o menino",
        "fumaça na escada",
    ),
    "ru": (
        "папа не дышит",
        "кровь везде",
        "выломали дверь",
        "он меня душит",
        "мальчика унесло в море",
        "дым на лестнице",
    ),
    "si": (
        "තාත්තා හුස්ම ගන්නෙ නෑ",
        "හැමතැනම ලේ",
        "දොර කඩාගෙන ඇතුලට ආවා",
        "මගේ බෙල්ල මිරිකනවා",
        "මුහුදට ළමයා ගහගෙන ගියා",
        "පඩිපෙළේ දුම",
    ),
    "th": (
        "พ่อไม่หายใจ",
        "เลือดเต็มไปหมด",
        "มันพังประตูเข้ามา",
        "เขาบีบคอหนู",
        "ทะเลพัดเด็กไป",
        "ควันเต็มบันได",
    ),
    "tr": (
        "babam nefes almiyo",
        "her yer kan",
        "kapıyı kırdılar",
        "boğazımı sıkıyo",
        "deniz çocuğu aldı",
        "merdivende duman",
    ),
    "uk": (
        "тато не дихає",
        "кров всюди",
        "вибили двері",
        "він мене душить",
        "хлопчика змило в море",
        "дим на сходах",
    ),
    "ur": (
        "ابو سانس نہیں لے رہے",
        "ہر طرف خون",
        "دروازہ توڑ دیا",
        "میرا گلا دبا رہا ہے",
        "سمندر لڑکے کو لے گیا",
        "سیڑھیوں میں دھواں",
    ),
    "vi": (
        "ba ko thở",
        "máu khắp nơi",
        "tụi nó phá cửa",
        "nó bóp cổ em",
        "biển cuốn thằng bé",
        "khói ở cầu thang",
    ),
    "zh-Hans": (
        "爸爸没呼吸了",
        "到处都是血",
        "有人砸门进来了",
        "他掐我脖子",
        "孩子被海浪卷走",
        "楼梯全是烟",
    ),
}

# The same for what follows: any card that says to telephone is right.
ALSO_PANIC = {
    "am": ("አያቴ ወድቃ አትመልስም", "ብዙ ኪኒን ዋጥኩ", "ጣሪያው ላያችን ላይ ወደቀ"),
    "ar": ("ستي وقعت وما بترد", "بلعت حبوب كتير", "السقف وقع علينا"),
    "en": ("grandma fell wont answer", "i swalowed many pills", "roof fell on us"),
    "es": ("la abuela se callo y no contesta", "me tome todas las pastillas", "se nos callo el techo encima"),
    "fa": ("مادرکلانم افتاد جواب نمیده", "گولی زیاد خوردم", "سقف سر ما افتاد"),
    "fil": ("natumba si lola di sumasagot", "uminom ako ng maraming gamot", "bumagsak bubong samin"),
    "fr": ("mamie est tombé elle repond pas", "j'ai avalé plein de cachets", "le toit est tombé sur nous"),
    "hi": ("दादी गिर गई जवाब नहीं दे रही", "बहुत गोलियां खा ली", "छत हमारे ऊपर गिर गई"),
    "id": ("nenek jatuh ga jawab", "aku telan banyak pil", "atap roboh kena kami"),
    "ja": ("おばあちゃん倒れて返事ない", "薬いっぱい飲んじゃった", "屋根が落ちてきた"),
    "ja-simple": ("おばあさん たおれて へんじ ない", "くすり いっぱい のんだ", "やねが おちた たすけて"),
    "ko": ("할머니 쓰러져서 대답없어요", "약 많이 먹었어", "지붕이 무너졌어요"),
    "ku": ("dapîr ket bersiv nade", "min gelek heb xwarin", "ban bi ser me de ket"),
    "my": ("အဖွား လဲကျပြီး ခေါ်မထူးဘူး", "ဆေးတွေ အများကြီး သောက်လိုက်ပြီ", "ခေါင်မိုး ပြိုကျတယ်"),
    "ne": ("हजुरआमा लड्नुभयो बोल्नुहुन्न", "धेरै औषधि खाएँ", "छाना हामीमाथि खस्यो"),
    "ps": ("انا مې ولوېده ځواب نه راکوي", "ډېرې ګولۍ مې وخوړې", "چت راباندې ولوېد"),
    "pt": ("vó caiu e nao responde", "engoli um monte de remedio", "o teto caiu em cima da gente"),
    "ru": ("бабушка упала не отвечает", "наглотался таблеток", "крыша упала на нас"),
    "si": ("ආච්චි වැටුනා කතා කරන්නෙ නෑ", "බෙහෙත් ගොඩක් බිව්වා", "වහල කඩන් වැටුනා අපි උඩට"),
    "th": ("ยายล้มเรียกไม่ตอบ", "กินยาไปเยอะมาก", "หลังคาถล่มทับ"),
    "tr": ("ninem düştü cevap vermiyo", "bi sürü hap içtim", "çatı üstümüze çöktü"),
    "uk": ("бабуся впала не відповідає", "наковталась таблеток", "дах упав на нас"),
    "ur": ("دادی گر گئیں جواب نہیں دے رہیں", "بہت گولیاں کھا لیں", "چھت ہم پر گر گئی"),
    "vi": ("ngoại té gọi ko trả lời", "em uống nhiều thuốc lắm rồi", "mái nhà sập xuống tụi em"),
    "zh-Hans": ("奶奶摔倒叫不应", "我吞了好多药", "屋顶塌下来了"),
}  # fmt: skip

# Words of one language are other words of another, and who is not hit is not hit.
ORDINARY = [
    ("fr", "J'ai mal au ventre depuis que j'ai changé de travail et j'ai perdu du poids"),
    ("fr", "je veux un HLM pour respirer, j'ai pas de retard"),
    ("fr", "mon compagnon ne me tape pas mais il crie"),
    ("fr", "Je n'ai ni acte de mariage ni acte de naissance, tout a brûlé, comment prouver que c'est ma femme"),
    ("en", "which number for fire and which for police"),
    ("en", "fire certificate of the old house"),
    ("en", "My mother in law and husband insult me"),
    ("ja", "給料から年金がひかれています"),
    ("ja-simple", "しゅうにゅうが すくない ひとが すむ いえが しに あると ききました"),
    ("ja", "kaji to ikuji no tetsudai"),
    ("id", "app apa buat tau tsunami pake bahasa kita"),
    ("ru", "Меня никто лично не преследует"),
    ("pt", "quem responde aqui? quais documentos preciso no seguro nacional"),
    ("tr", "kac gun once istemek lazim, 30 man odeyemem"),
    ("vi", "Đem cho người tị nạn được không, có ai tới lấy không?"),
    ("vi", "nơi đó là nhà ở hay chỉ là văn phòng"),
    ("vi", "Con tôi bị gọi đi lính nên chạy qua Nhật với tôi"),
    ("my", "အမျိုးသမီးက တောမှာမွေးတာမို့ ကလေးမှာ ဘာဆေးထိုးမှတ်တမ်းမှ မရှိဘူး"),
    ("ar", "تجديد الفيزا لسه ما طلع والماي نمبر خالص الاسبوع الجاي"),
]  # fmt: skip


def tried_in_turn(text: str, locale: str | None) -> str | None:
    """The slow way: for each language, each kind, each sentence, each pattern."""
    first = [name for name in ("ja", "ja-simple") if locale in {"ja", "ja-simple"}] or [locale]
    rest = [name for name in LEXICON._kinds if name not in first]
    sentences = [(f" {one} ", kana(spaceless(one))) for one in danger._sentences(text)]
    for name in (*(name for name in first if name in LEXICON._kinds), *rest):
        kinds = LEXICON._kinds[name]
        signed = [row for row in sentences if has_sign(kinds, *row)]
        for kind in ORDER:
            for row in signed:
                fits = any(one.fits(row, sentences) for one in kinds.get(kind, ()))
                if fits and not any(one.fits(row, sentences) for one in kinds.get("safe", ())):
                    return kind
    return None


def has_sign(kinds: dict[str, tuple[danger.Pattern, ...]], spaced: str, joined: str) -> bool:
    patterns = [one for kind, rows in kinds.items() if kind != "safe" for one in rows]
    return any(word.removeprefix(WHOLE) in spaced for one in patterns for word in one.signs[0]) or any(
        piece in joined for one in patterns for piece in one.signs[1]
    )  # fmt: skip


@pytest.mark.parametrize("file", sorted(FILES))
def test_every_example_means_what_it_means_the_slow_way(file: str) -> None:
    for row in FILES[file].values():
        for text in row.get("examples", ()):
            assert LEXICON.kind(text, file) == tried_in_turn(text, file), text


@pytest.mark.parametrize("locale", TOLD)
def test_who_cannot_reach_family_or_cannot_pay_is_told_apart(locale: str) -> None:
    for kind, texts in TOLD[locale].items():
        for known in (locale, None):
            assert {text: LEXICON.kind(text, known) for text in texts} == dict.fromkeys(texts, kind)


@pytest.mark.parametrize(
    "text",
    [
        "earthquake right now, I can't contact my husband",
        "the big earthquake destroyed our house and we are stuck under the building, cannot call my family",
        "I cannot reach my mother since the earthquake. The tsunami is coming",
        "Big earthquake! I cannot reach my mother. The house is shaking again",
    ],
)
def test_danger_now_is_heard_besides_family_that_is_not_reached(text: str) -> None:
    assert LEXICON.kind(text, "en") == "quake"


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "There was a big earthquake just now! I cannot reach my mother."),
        ("ja-simple", "おおきい じしんが ありました。かぞくと れんらくが できません。"),
        ("fr", "Il y a eu un gros séisme ! Ma mère ne répond pas au téléphone."),
        ("tr", "Büyük deprem oldu. Anneme ulaşamıyorum."),
        ("vi", "Động đất lớn quá! Tôi không liên lạc được với mẹ."),
    ],
)
def test_who_asks_for_family_in_another_sentence_asks_for_family(locale: str, text: str) -> None:
    assert LEXICON.kind(text, locale) is None


@pytest.mark.parametrize("locale", PANIC)
def test_panic_is_understood(locale: str) -> None:
    texts = PANIC[locale]
    assert [LEXICON.kind(text, locale) for text in texts] == list(PANIC_KINDS)
    assert [text for text in texts if LEXICON.kind(text, None) is None] == []


@pytest.mark.parametrize("locale", ALSO_PANIC)
def test_panic_is_heard(locale: str) -> None:
    assert [text for text in ALSO_PANIC[locale] if LEXICON.kind(text, locale) is None] == []


def test_an_ordinary_question_does_not_ring() -> None:
    assert [one for one in ORDINARY if LEXICON.kind(one[1], one[0]) is not None] == []


@settings(max_examples=150, deadline=None)
@given(
    text=st.one_of(
        st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join),
        st.lists(st.sampled_from(EXAMPLES), max_size=3).map("。".join),
        st.text(max_size=60),
    ),
    locale=st.sampled_from(LOCALES),
)
def test_any_text_means_what_it_means_the_slow_way(text: str, locale: str | None) -> None:
    assert LEXICON.kind(text, locale) == tried_in_turn(text, locale)


@given(
    texts=st.lists(st.text("abあ ", min_size=1, max_size=5), max_size=12),
    sentence=st.text("abあ ", max_size=30),
)
def test_the_finder_finds_what_is_there_and_nothing_else(texts: list[str], sentence: str) -> None:
    assert Finder(texts).found(sentence) == {text for text in texts if text in sentence}


def test_a_list_that_is_not_there_makes_no_row_ring_for_less() -> None:
    lexicon = Lexicon({"en": {"fire": {"words": ["@hot now !@film"]}}})
    assert lexicon.kind("i come now", "en") is None
    lexicon = Lexicon(
        {"en": {"lists": {"hot": ["burning|flames"]}, "fire": {"words": ["@hot now"]}}}
    )
    assert lexicon.kind("it is burning now", "en") == "fire"
