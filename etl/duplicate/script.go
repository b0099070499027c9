package duplicate

import "sync"

// traditional and simple are the characters of institutions' and people's names
// that the two scripts write differently, place by place.
const (
	traditional = "圖書館學國際東車門開關長張陳楊趙劉吳鄭黃馮鄧許蔣蘇盧鍾譚陸葉閻賈韓賀龍萬錢湯歐陽聶蕭莊龔嚴顧賴孫資訊業專員會議華藝術師範財經濟醫藥衛農機電氣腦網絡軟體運動廣場廠處辦務總責團單聯協組織義區縣鎮鄉灣島嶺灘溝漢滬寧蘭齊魯瀋廈閩贛遼貴雲陝肅瓊臺環測" +
		"繪礦鋼鐵銀證險貿進紡絲綢紙數碼語歷檔戲劇樂設計劃實驗試習練養護療營銷賣買購採訪編輯審檢監獄獨壹貳參兒婦幹軍隊後紅綠藍舊誌報雜發豐偉傑麗蓮慶賢愛強鳳鵬顏飛馬鳥魚龜齡齒見覺觀認論識譯讀課調談請諸誠詩詞訓託記訂變應對導將尋屆層歲歸當從復徑憲懷戰戶" +
		"擇據損搖擔舉樓樣標樞橋權歡殘決沒沖況準減溫滿潔潤濱濤濾燈爾牆獎獲產畫異畢痠盡盤眾確禮種積穩窮競筆筍節籌簡糧紀約級純紐線終結給統綜維緒緣縱績繼續罷聖聞聲職聽膚臨興舖艦艱蘊號補裝複規視親觸訴誤貝負貢貨質費賓賞贊趨跡躍軌軒較載輔輕輪輸轉辭邊達過違" +
		"遠適選遺郵鄰醜釋針鈞鈴鉛銅銘鋒錄鎖鏡鐘闊闢陣陰隨隱雖雙離難靈靜頁頂項順預領頭題額類願顯風飯飲飾駐駕驚髮鬥鹽麥黨點齋羅謝譽韋傳價儲億優兩凱剛創勝勵勢勞勛匯屬岡幣廳慮澤瑋瑪瑩銳錦閣隴韻饒駱驊臘蘆虛謀謹樹鄔滄雋倫側僑"
	simple = "图书馆学国际东车门开关长张陈杨赵刘吴郑黄冯邓许蒋苏卢钟谭陆叶阎贾韩贺龙万钱汤欧阳聂萧庄龚严顾赖孙资讯业专员会议华艺术师范财经济医药卫农机电气脑网络软体运动广场厂处办务总责团单联协组织义区县镇乡湾岛岭滩沟汉沪宁兰齐鲁沈厦闽赣辽贵云陕肃琼台环测" +
		"绘矿钢铁银证险贸进纺丝绸纸数码语历档戏剧乐设计划实验试习练养护疗营销卖买购采访编辑审检监狱独一二三儿妇干军队后红绿蓝旧志报杂发丰伟杰丽莲庆贤爱强凤鹏颜飞马鸟鱼龟龄齿见觉观认论识译读课调谈请诸诚诗词训托记订变应对导将寻届层岁归当从复径宪怀战户" +
		"择据损摇担举楼样标枢桥权欢残决没冲况准减温满洁润滨涛滤灯尔墙奖获产画异毕酸尽盘众确礼种积稳穷竞笔笋节筹简粮纪约级纯纽线终结给统综维绪缘纵绩继续罢圣闻声职听肤临兴铺舰艰蕴号补装复规视亲触诉误贝负贡货质费宾赏赞趋迹跃轨轩较载辅轻轮输转辞边达过违" +
		"远适选遗邮邻丑释针钧铃铅铜铭锋录锁镜钟阔辟阵阴随隐虽双离难灵静页顶项顺预领头题额类愿显风饭饮饰驻驾惊发斗盐麦党点斋罗谢誉韦传价储亿优两凯刚创胜励势劳勋汇属冈币厅虑泽玮玛莹锐锦阁陇韵饶骆骅腊芦虚谋谨树邬沧隽伦侧侨"
)

// scripts leads from the traditional character to the simplified one.
var scripts = sync.OnceValue(func() map[rune]rune {
	from, to := []rune(traditional), []rune(simple)
	out := make(map[rune]rune, len(from))
	for i, r := range from {
		out[r] = to[i]
	}
	return out
})

// simplified is a character as mainland China writes it.
func simplified(r rune) rune {
	if r < 0x4e00 || r > 0x9fff {
		return r
	}
	if to, ok := scripts()[r]; ok {
		return to
	}
	return r
}
