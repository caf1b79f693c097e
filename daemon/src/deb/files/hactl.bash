# Completion of hactl for bash. Generated from the code.
_hactl() {
  local before="${COMP_WORDS[*]:1:COMP_CWORD-1}" words=
  case "$before" in
    '') words='cib cluster config constraint explain history host node pg property quorum resource ring simulate status stonith' ;;
    'cib') words='export import' ;;
    'cluster') words='auth certificate cib cib-push join setup start status stop token verify' ;;
    'cluster certificate') words='list revoke rotate' ;;
    'constraint') words='colocation config delete list location order ref remove' ;;
    'constraint colocation') words='add set' ;;
    'constraint location') words='add' ;;
    'constraint order') words='set' ;;
    'host') words='auth' ;;
    'node') words='add address attribute maintenance rebuild remove standby unmaintenance unstandby utilization' ;;
    'pg') words='doctor drill failover init lag list log pause rebuild reinit reload replication restart resume setup status switchover topology' ;;
    'property') words='config set show unset' ;;
    'quorum') words='adopt status unblock' ;;
    'resource') words='agents ban cleanup clear clone config create defaults delete describe disable enable group haresources list manage meta move promotable refresh remove status unclone ungroup unmanage update utilization' ;;
    'resource group') words='add delete list remove' ;;
    'ring') words='rekey status' ;;
    'simulate') words='--cases' ;;
    'simulate --cases') words='DIR' ;;
    'status') words='nodes resources' ;;
    'stonith') words='config confirm create delete fence history list remove status' ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}")
}
complete -F _hactl hactl
