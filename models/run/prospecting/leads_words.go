package prospecting

import (
	"context"

	"verso/models/job"
)

// levelZH are the levels of features that have a Chinese name everywhere; areas
// have theirs in the warehouse.
var levelZH = map[string]map[string]string{
	"season":        {"quarter 1": "一", "quarter 2": "二", "quarter 3": "三", "quarter 4": "四"},
	"lead_source":   {"web": "网站", "fair": "书展", "referral": "推荐", "mailing": "邮寄", "phone": "电话", "email": "电子邮件", "visit": "拜访", "(none)": "（无）"},
	"campaign_type": {"fair": "书展", "textbook_tour": "教材巡展", "catalogue_mailing": "目录寄送", "email": "电子邮件", "seminar": "研讨会", "promo": "促销", "(none)": "（无）"},
	"customer_type": {"library": "图书馆", "university": "高校", "institute": "科研院所", "government": "政府机关", "enterprise": "企业", "agent": "代理商", "individual": "个人读者", "bookstore": "书店"},
}

// readAreas reads the Chinese names of the areas.
func (s *subject) readAreas(ctx context.Context, j *job.Job) error {
	s.areas = map[string]string{}
	area := ""
	return j.Each(ctx, `SELECT n, word FROM (SELECT row_number() OVER (ORDER BY area, area_zh) * 2 AS n, area AS word FROM (SELECT DISTINCT area, area_zh FROM core.dim_geo WHERE area IS NOT NULL AND area_zh <> '') AS a
UNION ALL SELECT row_number() OVER (ORDER BY area, area_zh) * 2 + 1, area_zh FROM (SELECT DISTINCT area, area_zh FROM core.dim_geo WHERE area IS NOT NULL AND area_zh <> '') AS b) AS w ORDER BY n`, func(n int64, word string) {
		if n%2 == 0 {
			area = word
			return
		}
		if _, known := s.areas[area]; !known {
			s.areas[area] = word
		}
	})
}

// levelName is a level in both languages, the same where it has no Chinese name.
func (s *subject) levelName(feature, level string) job.Words {
	w := job.Words{EN: level, ZH: level}
	if zh, known := levelZH[feature][level]; known {
		w.ZH = zh
	}
	if zh, known := s.areas[level]; known && feature == "area" {
		w.ZH = zh
	}
	return w
}
