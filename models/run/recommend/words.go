package recommend

import (
	"fmt"
	"strings"
)

// kindNames are the types of customers in Chinese; others stand as they are.
var kindNames = [][2]string{{"library", "图书馆"}, {"university", "高校"}, {"institute", "研究院所"}, {"government", "政府机关"}, {"enterprise", "企业"}, {"agent", "代理商"}, {"individual", "个人读者"}}

// spoken puts the reasons into a statement, for its places {en_1} to {zh_2}.
// Columns kind_1, n_1, percent_1, text_1, name_1 and the like are under an alias.
func spoken(sql, alias string) string {
	for place := 1; place <= 2; place++ {
		at := func(column string) string { return fmt.Sprintf("%s.%s_%d", alias, column, place) }
		zhName := fmt.Sprintf("%s.name_%d_zh", alias, place)
		class := alias + ".title_class"
		kinds := "CASE " + at("text")
		for _, k := range kindNames {
			kinds += " WHEN '" + k[0] + "' THEN '" + k[1] + "'"
		}
		kinds += " ELSE " + at("text") + " END"
		n, share := "CAST("+at("n")+" AS BIGINT)", "CAST(round("+at("percent")+") AS BIGINT)"
		en := map[int]string{
			reasonSeries:   "printf('volume %d of a series you hold: you have \"%s\"', " + n + ", " + at("name") + ")",
			reasonBought:   "printf('because you bought \"%s\"', " + at("name") + ")",
			reasonClass:    "printf('in %s, %d %% of the titles you took in twelve months (%d)', " + class + ", " + share + ", " + n + ")",
			reasonClassAll: "printf('in %s, %d %% of the titles you ever took (%d)', " + class + ", " + share + ", " + n + ")",
			reasonAuthor:   "printf('by %s, of whom you have %d', coalesce(" + alias + ".author, '?'), " + n + ")",
			reasonPublish:  "printf('from a publisher of whom you have %d titles', " + n + ")",
			reasonPopular:  "printf('taken by %d customers in twelve months', " + n + ")",
			reasonPeers:    "printf('taken by %d customers who share titles with you', " + n + ")",
			reasonInterest: "printf('in %s, which you said you care for', " + at("text") + ")",
			reasonType:     "printf('taken by %d customers of your kind (%s) in twelve months', " + n + ", " + at("text") + ")",
			reasonIssue:    "'new in this issue of the catalogue'",
		}
		zh := map[int]string{
			reasonSeries:   "printf('所藏丛书的第 %d 卷：已有《%s》', " + n + ", " + zhName + ")",
			reasonBought:   "printf('因订购过《%s》', " + zhName + ")",
			reasonClass:    "printf('%s 类，占近十二个月所订品种的 %d%%（%d 种）', " + class + ", " + share + ", " + n + ")",
			reasonClassAll: "printf('%s 类，占历来所订品种的 %d%%（%d 种）', " + class + ", " + share + ", " + n + ")",
			reasonAuthor:   "printf('作者 %s，已有其 %d 种', coalesce(" + alias + ".author, '?'), " + n + ")",
			reasonPublish:  "printf('该出版社图书已有 %d 种', " + n + ")",
			reasonPopular:  "printf('近十二个月有 %d 位客户订购', " + n + ")",
			reasonPeers:    "printf('与您有共同订购的 %d 位客户也订此书', " + n + ")",
			reasonInterest: "printf('属于您关注的 %s 类', " + at("text") + ")",
			reasonType:     "printf('近十二个月有 %d 位同类客户（%s）订购', " + n + ", " + kinds + ")",
			reasonIssue:    "'本期目录新列'",
		}
		sql = strings.ReplaceAll(sql, fmt.Sprintf("{en_%d}", place), cases(at("kind"), en))
		sql = strings.ReplaceAll(sql, fmt.Sprintf("{zh_%d}", place), cases(at("kind"), zh))
	}
	return sql
}

// cases chooses a text by the kind of reason; NULL without one.
func cases(kind string, texts map[int]string) string {
	sql := "CASE CAST(" + kind + " AS INTEGER)"
	for k := reasonSeries; k <= reasonIssue; k++ {
		sql += fmt.Sprintf(" WHEN %d THEN %s", k, texts[k])
	}
	return "(" + sql + " END)"
}
