/* The files of templates/, embedded by the Makefile. */
#ifndef WD_SIM_TEMPLATES_H
#define WD_SIM_TEMPLATES_H

extern const char template_aircraft[], template_config[], template_encrypted[], template_fhss[],
	template_fpv[], template_mavlink[], template_no_fix[], template_remote_id[],
	template_status[], template_mqtt_aircraft[], template_mqtt_encrypted[],
	template_mqtt_fhss[], template_mqtt_fpv[], template_mqtt_mavlink[], template_mqtt_no_fix[],
	template_mqtt_remote_id[], template_mqtt_status[];

#endif
