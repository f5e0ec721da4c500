/* The files of templates/, embedded by the Makefile. */
#ifndef WD_SIM_TEMPLATES_H
#define WD_SIM_TEMPLATES_H

extern const char template_aircraft[], template_encrypted[], template_fhss[], template_fpv[],
	template_mavlink[], template_no_fix[], template_remote_id[], template_status[];

#endif
